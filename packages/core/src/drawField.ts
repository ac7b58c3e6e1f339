import { drawMask } from "./drawMask.js";
import { drawNormal } from "./drawNormal.js";
import { drawUniform } from "./drawUniform.js";
import { fieldShape } from "./fieldShape.js";
import { growField } from "./growField.js";
import type { NoiseKey } from "./noiseKey.js";
import { checkRate, rateScalars } from "./rate.js";
import type { Field, Shape } from "./seam.js";

/** What a field is drawn for, and where its noise comes from: `site` is the part's, of `partSite`. */
export interface DrawFieldOptions extends NoiseKey {
  /** Shape of the values that the field broadcasts to. */
  readonly target: Shape;
  /** Replaces the field's rate, as a schedule does; in [0, 1]. */
  readonly rate?: number;
  /** Examples in the batch; needed where the field is per example. */
  readonly batch?: number;
  /** Iteration of a loop, for a field that is drawn anew at each; an integer >= 0. Default 0. */
  readonly timestep?: number;
}

/** A drawn field, row-major: 1 kept and 0 dropped, uniforms in (0, 1), or standard normals. */
export interface DrawnField {
  readonly shape: Shape;
  readonly data: Uint8Array | Float32Array;
  /** 1 / keep, or entries / kept entries of a field that grows; 0 where nothing is kept. Absent without a rate. */
  readonly gain?: number;
}

/**
 * Draws any field of the seam. Equal options give equal bits (docs/mask-contract.md).
 * @throws {RangeError} If the field does not fit the target, or an option is out of range.
 * @throws {TypeError} If a rate or the batch is needed and missing.
 */
export function drawField(field: Field, options: DrawFieldOptions): DrawnField {
  const { seed, site, step, timestep = 0, target, batch } = options;
  const rate = options.rate ?? field.rate;
  const shape = fieldShape(field, target, batch);
  const place = { seed, site, step, timestep, shape };
  if (field.draw !== "bernoulli") {
    const data = field.draw === "uniform" ? drawUniform(place) : drawNormal(place);
    return rate === undefined ? { shape, data } : { shape, data, gain: rateScalars(rate).gain };
  }
  const checked = checkRate("drawField", rate);
  if (field.grow === undefined) {
    const data = drawMask({ ...place, rate: checked });
    return { shape, data, gain: rateScalars(checked).gain };
  }
  const { size, axes } = field.grow;
  // Axes count from the target's front; a field may have a batch and samples before them.
  const lead = shape.length - target.length;
  const [from, to] = axes.map((axis) => lead + (axis < 0 ? axis + target.length : axis));
  const data = growField({ ...place, rate: checked, size, axes: [from, to] });
  return { shape, data, gain: grownGain(data) };
}

function grownGain(mask: Uint8Array): number {
  let kept = 0;
  for (const bit of mask) kept += bit;
  return kept === 0 ? 0 : Math.fround(mask.length / kept);
}
