import { type KeyWords, keyWords, type NoiseKey } from "../key/noiseKey.js";
import { threefry2x32 } from "../key/threefry.js";
import type { Shape } from "../seam/seam.js";
import { boxMuller } from "./boxMuller.js";
import { sizeOf } from "./fieldShape.js";
import { checkLength, checkShape, timestepBlock } from "./shape.js";

/** A normal field: its shape, and where its noise comes from. */
export interface NormalOptions extends NoiseKey {
  readonly shape: Shape;
  /** Iteration of a loop that draws anew each time (`perTimestep`), an integer >= 0; default 0. */
  readonly timestep?: number;
}

const TILE_BLOCKS = 64;
const TILE_ENTRIES = 2 * TILE_BLOCKS;

/**
 * Draws a field of standard normals, row-major; none is beyond 5.77 in size. Equal options give equal
 * bits on every engine, within (2^-24 + 2^-36) |z| of the formula in real numbers: the nearest float32 but
 * for one in 2^11 (docs/mask-contract.md).
 * @param output Filled and returned if given.
 * @throws {RangeError} If seed, step, timestep or shape is out of range, or `output` has another length.
 */
export function drawNormal(options: NormalOptions, output?: Float32Array): Float32Array {
  const key = keyWords("drawNormal", options);
  const entries = sizeOf(checkShape("drawNormal", options.shape, 2));
  const values = output ?? new Float32Array(entries);
  checkLength("drawNormal", { name: "output", length: values.length, entries });
  const firstBlock = timestepBlock("drawNormal", { ...options, entries, entriesPerBlock: 2 });
  fillNormal(values, key, firstBlock);
  return values;
}

/** Fills an array with normals from a tile's first block on. */
export function fillNormal(
  values: Float32Array,
  { key0, key1, step }: KeyWords,
  firstBlock: number,
): void {
  const entries = values.length;
  const words0 = new Uint32Array(TILE_BLOCKS);
  const words1 = new Uint32Array(TILE_BLOCKS);
  const tile = new Float32Array(TILE_ENTRIES);
  const cosines = tile.subarray(0, TILE_BLOCKS);
  const sines = tile.subarray(TILE_BLOCKS);
  for (let start = 0; start < entries; start += TILE_ENTRIES) {
    threefry2x32(key0, key1, firstBlock + start / 2, step, words0, words1);
    boxMuller(words0, words1, cosines, sines);
    values.set(start + TILE_ENTRIES <= entries ? tile : tile.subarray(0, entries - start), start);
  }
}
