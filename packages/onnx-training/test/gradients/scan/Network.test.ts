import fc from "fast-check";
import { expect, test } from "vitest";
import { Network } from "../../../src/gradients/scan/Network.js";

const PLACES = ["source", "a", "b", "c", "d", "sink"];

interface Pipe {
  readonly from: string;
  readonly to: string;
  readonly capacity: number;
}

const pipes: fc.Arbitrary<Pipe[]> = fc.array(
  fc.record({
    from: fc.constantFrom(...PLACES),
    to: fc.constantFrom(...PLACES),
    capacity: fc.nat(5),
  }),
  { maxLength: 14 },
);

/** What leads from outside of a side into it. */
const capacityInto = (side: ReadonlySet<string>, all: readonly Pipe[]): number =>
  all.reduce(
    (sum, { from, to, capacity }) => sum + (side.has(to) && !side.has(from) ? capacity : 0),
    0,
  );

/** Every set of places that has the sink and not the source. */
const sides = Array.from(
  { length: 16 },
  (_, bits) => new Set(["sink", ...PLACES.slice(1, 5).filter((_, i) => (bits >> i) & 1)]),
);

test("Network: no cut is smaller than the one that is found, and no equal one is nearer to the sink", () => {
  fc.assert(
    fc.property(pipes, (all) => {
      const network = new Network();
      for (const { from, to, capacity } of all) network.pipe(from, to, capacity);
      const found = network.sinkSide("source", "sink");
      const least = Math.min(...sides.map((side) => capacityInto(side, all)));
      expect(found.has("source")).toBe(false);
      expect(capacityInto(found, all)).toBe(least);
      for (const side of sides) {
        if (capacityInto(side, all) === least) expect(side.size).toBeGreaterThanOrEqual(found.size);
      }
    }),
    { numRuns: 500 },
  );
});
