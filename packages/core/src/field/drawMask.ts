import { checkOptions } from "../checks/checkOptions.js";
import { chooseEngine } from "../engine/chooseEngine.js";
import { type Engine, TILE_ENTRIES } from "../engine/Engine.js";
import { type KeyWords, keyWords, type NoiseKey } from "../key/noiseKey.js";
import { checkRate, dropThreshold } from "../seam/rate.js";
import type { Shape } from "../seam/seam.js";
import { sizeOf } from "./fieldShape.js";
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
  const rate = checkRate("drawMask", checkOptions("drawMask", options).rate);
  const key = keyWords("drawMask", options);
  const entries = sizeOf(checkShape("drawMask", options.shape, 4));
  const mask = output ?? new Uint8Array(entries);
  checkLength("drawMask", { name: "output", length: mask.length, entries });
  const firstBlock = timestepBlock("drawMask", { ...options, entries, entriesPerBlock: 4 });
  fillMask(mask, { key, threshold: dropThreshold(rate), firstBlock });
  return mask;
}

/** Fills a mask from a tile's first block on. */
export function fillMask(
  mask: Uint8Array,
  { key, threshold, firstBlock }: MaskSource,
  engine: Engine = chooseEngine(),
): void {
  const { field, drawField } = engine;
  for (let start = 0; start < mask.length; start += field.length) {
    const entries = Math.min(field.length, mask.length - start);
    drawField(key, threshold, firstBlock + start / 4, Math.ceil(entries / TILE_ENTRIES));
    mask.set(entries === field.length ? field : field.subarray(0, entries), start);
  }
}

interface MaskSource {
  readonly key: KeyWords;
  /** Drops a 16-bit draw below this; an integer in [0, 65536]. */
  readonly threshold: number;
  readonly firstBlock: number;
}
