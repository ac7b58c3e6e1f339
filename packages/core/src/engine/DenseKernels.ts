import type { KeyWords } from "../key/noiseKey.js";

/**
 * A part of a matrix product whose weights have a mask for each example: weights `[rows, columns]`,
 * `x` and `dx` `[examples, rows]`, `y` `[examples, columns]`, each where it starts in `work`.
 */
export interface DenseTile {
  readonly x: number;
  readonly dx: number;
  readonly y: number;
  readonly weights: number;
  readonly gradients: number;
  readonly examples: number;
  readonly rows: number;
  readonly columns: number;
  readonly key: KeyWords;
  readonly threshold: number;
  /** Where the first example's masks start in the field, and how many entries on the next one's do. */
  readonly entry: number;
  readonly stride: number;
}

/** Multiplies by masked weights, and draws the masks as it goes. */
export interface DenseKernels {
  /** What tiles lie in; their weights are at most `MAX_TILE_WEIGHTS`. */
  readonly work: Float32Array;
  /** Adds `x` times the masked weights to `y`. */
  forward(tile: DenseTile): void;
  /** With `y` the output's gradient, adds `y` times the masked weights to `dx`, and `x` times `y` to the gradients of kept weights. */
  backward(tile: DenseTile): void;
}

/** A tile's masks, and what a tile of the field has in front of and behind them, fit the engines' 4096 entries. */
export const MAX_TILE_WEIGHTS = 2048;
