/** One comparison of this project with a peer that does the same work. */
export interface Case {
  /** What is done, such as `core dropout 1M`. */
  readonly name: string;
  /** Who else does it. */
  readonly peer: string;
  /** The ratio peer / ours to reach; null where none was set. */
  readonly target: number | null;
  /** Measured runs of each side; the medians count. */
  readonly runs: number;
  /** What is measured. Default: the time that a call takes. */
  readonly unit?: Unit;
  /** Why it cannot be measured on this machine; absent or undefined where it can. */
  readonly unavailable?: string | undefined;
  /** Prepares both sides, so that the timed calls do the work alone. */
  prepare(): Promise<Sides>;
}

export type Unit = "ms" | "MB";

/** What a side returns: nothing, or the number that counts in the place of the time that the call took. */
export type Taken = void | number | Promise<void> | Promise<number>;

/** The two sides of a case, each a call that does the work once. */
export interface Sides {
  ours(): Taken;
  peer(): Taken;
  /** Frees what was prepared. */
  dispose(): void | Promise<void>;
}

/** A line of results.json. */
export interface Result {
  readonly case: string;
  readonly unit: Unit;
  readonly ours: number;
  readonly peer: string;
  readonly theirs: number;
  /** theirs / ours: above 1, ours is faster or smaller. */
  readonly ratio: number;
  readonly target: number | null;
}
