import { type DenseKernels, type DenseTile, MAX_TILE_WEIGHTS } from "./DenseKernels.js";
import { TILE_ENTRIES } from "./Engine.js";
import { javascriptEngine } from "./javascriptEngine.js";

/** As many floats as the WASM kernels' chunk has. */
const WORK_FLOATS = 42 * TILE_ENTRIES;

/** Tiles of a product without WebAssembly. */
export function javascriptDense(): DenseKernels {
  const work = new Float32Array(WORK_FLOATS);
  const bits = new Int32Array(work.buffer);
  const masked = new Float32Array(MAX_TILE_WEIGHTS);
  const maskedBits = new Int32Array(masked.buffer);
  const { field } = javascriptEngine;

  /** Draws an example's masks; returns where they start in `field`. */
  const draw = (tile: DenseTile, example: number): number => {
    const entry = tile.entry + example * tile.stride;
    const skip = entry % TILE_ENTRIES;
    const tiles = Math.ceil((skip + tile.rows * tile.columns) / TILE_ENTRIES);
    javascriptEngine.drawField(tile.key, tile.threshold, (entry - skip) / 4, tiles);
    return skip;
  };
  /** Selects weights as bits, without a branch: an infinite one vanishes where it is dropped. */
  const maskWeights = (tile: DenseTile, skip: number): void => {
    const entries = tile.rows * tile.columns;
    for (let i = 0; i < entries; i++) maskedBits[i] = bits[tile.weights + i] & -field[skip + i];
  };

  return {
    work,
    forward(tile) {
      const { rows, columns } = tile;
      for (let example = 0; example < tile.examples; example++) {
        maskWeights(tile, draw(tile, example));
        const y = tile.y + example * columns;
        for (let i = 0; i < rows; i++) {
          const x = work[tile.x + example * rows + i];
          for (let o = 0; o < columns; o++) work[y + o] += x * masked[i * columns + o];
        }
      }
    },
    backward(tile) {
      const { rows, columns } = tile;
      for (let example = 0; example < tile.examples; example++) {
        const skip = draw(tile, example);
        maskWeights(tile, skip);
        const y = tile.y + example * columns;
        for (let i = 0; i < rows; i++) {
          const at = example * rows + i;
          const row = i * columns;
          let sum = 0;
          for (let o = 0; o < columns; o++) sum += work[y + o] * masked[row + o];
          work[tile.dx + at] += sum;
          const x = work[tile.x + at];
          for (let o = 0; o < columns; o++) masked[row + o] = x * work[y + o];
        }
        // The products take the place of the weights, and are selected by the same bits.
        for (let i = 0; i < rows * columns; i++) maskedBits[i] &= -field[skip + i];
        for (let i = 0; i < rows * columns; i++) work[tile.gradients + i] += masked[i];
      }
    },
  };
}
