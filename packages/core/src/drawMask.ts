import { forEachTile, TILE_ENTRIES } from "./bernoulli.js";
import { sizeOf } from "./fieldShape.js";
import { keyWords, type NoiseKey } from "./noiseKey.js";
import { checkRate } from "./rate.js";
import type { Shape } from "./seam.js";
import { checkLength, checkShape, timestepBlock } from "./shape.js";

/** Changes with the bits of any field; every package of another major version may have another. */
export const maskContractVersion = 1;

/** A Bernoulli field: its shape, its drop probability in [0, 1], and where its noise comes from. */
export interface MaskOptions extends NoiseKey {
  readonly shape: Shape;
  readonly rate: number;
  /** Iteration of a loop that draws anew each time (`perTimestep`), an integer >= 0; default 0. */
  readonly timestep?: number;
}

/**
 * Draws a Bernoulli field: 1 where an entry is kept, 0 where it is dropped, row-major. The same
 * options give the same bits in every framework and on every device (docs/mask-contract.md).
 * @param output Filled and returned if given; one byte an entry.
 * @throws {RangeError} If rate, seed, step, timestep or shape is out of range, or `output` has another length.
 */
export function drawMask(options: MaskOptions, output?: Uint8Array): Uint8Array {
  const rate = checkRate("drawMask", options.rate);
  const key = keyWords("drawMask", options);
  const entries = sizeOf(checkShape("drawMask", options.shape, 4));
  const mask = output ?? new Uint8Array(entries);
  checkLength("drawMask", { name: "output", length: mask.length, entries });
  const firstBlock = timestepBlock("drawMask", { ...options, entries, entriesPerBlock: 4 });
  forEachTile(key, { entries, rate, firstBlock }, (start, kept) => {
    mask.set(start + TILE_ENTRIES <= entries ? kept : kept.subarray(0, entries - start), start);
  });
  return mask;
}
