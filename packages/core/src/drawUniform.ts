import { sizeOf } from "./fieldShape.js";
import { keyWords, type NoiseKey } from "./noiseKey.js";
import type { Shape } from "./seam.js";
import { checkLength, checkShape, timestepBlock } from "./shape.js";
import { threefry2x32 } from "./threefry.js";

/** A uniform field: its shape, and where its noise comes from. */
export interface UniformOptions extends NoiseKey {
  readonly shape: Shape;
  /** Iteration of a loop that draws anew each time (`perTimestep`), an integer >= 0; default 0. */
  readonly timestep?: number;
}

const TILE_BLOCKS = 64;
const TILE_ENTRIES = 2 * TILE_BLOCKS;

/**
 * Draws a field of uniforms in (0, 1), both ends excluded, row-major: odd
 * multiples of 2^-24. Equal options give equal bits (docs/mask-contract.md).
 * @param output Filled and returned if given.
 * @throws {RangeError} If seed, step, timestep or shape is out of range, or `output` has another length.
 */
export function drawUniform(options: UniformOptions, output?: Float32Array): Float32Array {
  const { key0, key1, step } = keyWords("drawUniform", options);
  const entries = sizeOf(checkShape("drawUniform", options.shape, 2));
  const values = output ?? new Float32Array(entries);
  checkLength("drawUniform", { name: "output", length: values.length, entries });
  const firstBlock = timestepBlock("drawUniform", { ...options, entries, entriesPerBlock: 2 });
  const words0 = new Uint32Array(TILE_BLOCKS);
  const words1 = new Uint32Array(TILE_BLOCKS);
  for (let start = 0; start < entries; start += TILE_ENTRIES) {
    threefry2x32(key0, key1, firstBlock + start / 2, step, words0, words1);
    // A typed array ignores what is written past its end: the last tile needs no bound.
    for (let i = 0; i < TILE_BLOCKS; i++) {
      values[start + i] = unit(words0[i]);
      values[start + i + TILE_BLOCKS] = unit(words1[i]);
    }
  }
  return values;
}

/** The word's upper 23 bits and a half: 24 significant bits, so exact in a float32 (with 24 and a half, 1 could come out). */
function unit(word: number): number {
  return ((word >>> 9) + 0.5) * 2 ** -23;
}
