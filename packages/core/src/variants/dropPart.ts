import { keepScaled } from "../seam/expr.js";
import type { Field, Part, Place } from "../seam/seam.js";

/** Bernoulli noise at a place: survivors scaled by `gain`, zeros elsewhere; the identity at inference. */
export function dropPart(at: Place, field: Omit<Field, "draw">): Part {
  return { at, field: { draw: "bernoulli", ...field }, train: keepScaled, infer: "x" };
}
