/** One field of a step, as the page shows it. */
export interface MaskView {
  readonly site: string;
  /** Entries that were dropped, and all; undefined where nothing is dropped. */
  readonly dropped: { readonly count: number; readonly of: number } | undefined;
  /** Whether what is dropped keeps its previous value, and not 0. */
  readonly holds: boolean;
  readonly tiles: readonly Tile[];
}

/** A rectangle of factors, row-major: 0 is dropped, 1 the mean. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly factors: Float32Array;
}
