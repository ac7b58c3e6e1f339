import { chooseEngine } from "../engine/chooseEngine.js";
import { keyWords, type NoiseKey } from "../key/noiseKey.js";
import type { Shape } from "../seam/seam.js";
import { sizeOf } from "./fieldShape.js";
import { checkLength, checkShape, timestepBlock } from "./shape.js";

/** A uniform field: its shape, and where its noise comes from. */
export interface UniformOptions extends NoiseKey {
  readonly shape: Shape;
  /** Iteration of a loop that draws anew each time (`perTimestep`), an integer >= 0; default 0. */
  readonly timestep?: number;
}

/**
 * Draws a field of uniforms in (0, 1), both ends excluded, row-major: odd
 * multiples of 2^-24. Equal options give equal bits (docs/mask-contract.md).
 * @param output Filled and returned if given.
 * @throws {RangeError} If seed, step, timestep or shape is out of range, or `output` has another length.
 */
export function drawUniform(options: UniformOptions, output?: Float32Array): Float32Array {
  const key = keyWords("drawUniform", options);
  const entries = sizeOf(checkShape("drawUniform", options.shape, 2));
  const values = output ?? new Float32Array(entries);
  checkLength("drawUniform", { name: "output", length: values.length, entries });
  const firstBlock = timestepBlock("drawUniform", { ...options, entries, entriesPerBlock: 2 });
  chooseEngine().drawUniform(key, firstBlock, values);
  return values;
}
