import { fillMask } from "./drawMask.js";
import { fillNormal } from "./drawNormal.js";
import { chooseEngine } from "./engine/chooseEngine.js";
import { sizeOf } from "./fieldShape.js";
import type { FieldPlan } from "./planField.js";

/**
 * Draws what a plan says, row-major, of the shape `plan.drawn`: 1 kept and 0 dropped, uniforms in (0, 1),
 * or standard normals.
 */
export function drawPlan(plan: FieldPlan): Uint8Array | Float32Array {
  const entries = sizeOf(plan.drawn);
  if (plan.draw === "bernoulli") {
    const mask = new Uint8Array(entries);
    fillMask(mask, plan);
    return mask;
  }
  const values = new Float32Array(entries);
  if (plan.draw === "uniform") chooseEngine().drawUniform(plan.key, plan.firstBlock, values);
  else fillNormal(values, plan.key, plan.firstBlock);
  return values;
}
