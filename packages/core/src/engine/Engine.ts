import type { KeyWords } from "../key/noiseKey.js";

/** `kept ? scale · x + shift : dropped` from one array to another; they may be the same. */
export interface SelectTask {
  readonly x: Float32Array;
  readonly output: Float32Array;
  readonly key: KeyWords;
  /** Drops a 16-bit draw below this; an integer in [0, 65536]. */
  readonly threshold: number;
  /** Where the field starts. */
  readonly firstBlock: number;
  /** A float32, as `shift` and `dropped` are: the product is rounded, then the sum. */
  readonly scale: number;
  /** -0 where nothing is added: adding 0 would make 0 of a surviving -0. */
  readonly shift: number;
  readonly dropped: number;
}

/**
 * Consecutive values `[outer, rows, columns, inner]`, from `start` on, over a field `[outer, 1, columns, 1]`
 * that starts at entry `field` of what was drawn last.
 */
export interface SharedPiece {
  readonly start: number;
  readonly field: number;
  readonly outer: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/** What draws fields and selects by them. Every engine gives the same bits. */
export interface Engine {
  /** Values that a piece may have. */
  readonly capacity: number;
  /** What `drawField` drew last: one byte an entry, 1 kept, 0 dropped. */
  readonly field: Uint8Array;
  /** Draws `tiles` tiles of a Bernoulli field, from a tile's first block on, at most as many as `field` holds. */
  drawField(key: KeyWords, threshold: number, block: number, tiles: number): void;
  /** Fills an array with a uniform field. */
  drawUniform(key: KeyWords, firstBlock: number, output: Float32Array): void;
  /** Selects with a draw for each value. */
  selectDense(task: SelectTask): void;
  /** Selects by a part of the field that was drawn last. */
  selectShared(task: SelectTask, piece: SharedPiece): void;
}

/** Entries of a Bernoulli field that 64 blocks decide. */
export const TILE_ENTRIES = 256;
