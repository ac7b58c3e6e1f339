import { rateScalars } from "../seam/rate.js";
import type { Field, Shape } from "../seam/seam.js";
import type { DrawFieldOptions } from "./DrawFieldOptions.js";
import { drawPlan } from "./drawPlan.js";
import { growMask } from "./growMask.js";
import { planField } from "./planField.js";

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
 * @throws {TypeError} If a rate or the batch is needed and missing, or the field is over space, and its
 * channels are not known.
 */
export function drawField(field: Field, options: DrawFieldOptions): DrawnField {
  const rate = options.rate ?? field.rate;
  const plan = planField(field, { owner: "drawField", ...options });
  const { shape, grow } = plan;
  const drawn = drawPlan(plan);
  if (grow && drawn instanceof Uint8Array) {
    const data = growMask(drawn, { shape: plan.drawn, ...grow });
    return { shape, data, gain: grownGain(data) };
  }
  return rate === undefined
    ? { shape, data: drawn }
    : { shape, data: drawn, gain: rateScalars(rate).gain };
}

function grownGain(mask: Uint8Array): number {
  let kept = 0;
  for (const bit of mask) kept += bit;
  return kept === 0 ? 0 : Math.fround(mask.length / kept);
}
