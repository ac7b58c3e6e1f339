/** A network of pipes, by the names of their ends; a capacity may be infinite. */
export class Network {
  readonly #left = new Map<string, Map<string, number>>();

  pipe(from: string, to: string, capacity: number): void {
    const out = this.#at(from);
    out.set(to, (out.get(to) ?? 0) + capacity);
    const back = this.#at(to);
    back.set(from, back.get(from) ?? 0);
  }

  /**
   * Cuts `source` off from `sink` at the least capacity, of equal cuts at the one nearest to the sink.
   * Returns the places on the sink's side. There must be a cut that is not infinite.
   * @see Edmonds and Karp 1972, "Theoretical Improvements in Algorithmic Efficiency for Network Flow
   * Problems", Journal of the ACM 19(2).
   */
  sinkSide(source: string, sink: string): ReadonlySet<string> {
    for (;;) {
      const path = this.#path(source, sink);
      if (path.length === 0) break;
      const flow = Math.min(...path.map(([from, to]) => this.#at(from).get(to) ?? 0));
      for (const [from, to] of path) {
        this.#at(from).set(to, (this.#at(from).get(to) ?? 0) - flow);
        this.#at(to).set(from, (this.#at(to).get(from) ?? 0) + flow);
      }
    }
    const side = new Set([sink]);
    for (const place of side) {
      for (const from of this.#at(place).keys()) {
        if ((this.#at(from).get(place) ?? 0) > 0) side.add(from);
      }
    }
    return side;
  }

  /** The shortest way along pipes that are not full; empty where there is none. */
  #path(source: string, sink: string): (readonly [string, string])[] {
    const cameFrom = new Map([[source, source]]);
    for (const place of cameFrom.keys()) {
      for (const [next, left] of this.#at(place)) {
        if (left > 0 && !cameFrom.has(next)) cameFrom.set(next, place);
      }
    }
    const path: (readonly [string, string])[] = [];
    let to = sink;
    while (to !== source) {
      const from = cameFrom.get(to);
      if (from === undefined) return [];
      path.push([from, to]);
      to = from;
    }
    return path;
  }

  #at(place: string): Map<string, number> {
    const known = this.#left.get(place) ?? new Map<string, number>();
    this.#left.set(place, known);
    return known;
  }
}
