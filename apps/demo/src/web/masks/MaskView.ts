/** One field of a step, as the page shows it. */
export interface MaskView {
  readonly site: string;
  /** Entries that were dropped, and all; undefined where values are scaled and none is dropped. */
  readonly dropped: { readonly count: number; readonly of: number } | undefined;
  /** Whether what is dropped keeps its previous value, and not 0. */
  readonly holds: boolean;
  /** Drop probability that was learned so far; undefined where it is given. */
  readonly learnedRate: number | undefined;
  readonly tiles: readonly Tile[];
}

/** A rectangle of factors, row-major: 0 is dropped, 1 the mean. The last row may be short. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly factors: Float32Array;
}
