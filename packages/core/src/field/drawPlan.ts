import { chooseEngine } from "../engine/chooseEngine.js";
import { fillMask } from "./drawMask.js";
import { fillNormal } from "./drawNormal.js";
import { sizeOf } from "./fieldShape.js";
import type { FieldPlan } from "./planField.js";
import { checkLength } from "./shape.js";

/**
 * Draws what a plan says, row-major, of the shape `plan.drawn`: 1 kept and 0 dropped, uniforms in (0, 1),
 * or standard normals.
 * @param output Filled and returned if given.
 * @throws {RangeError} If `output` has another length.
 * @throws {TypeError} If `output` is an array of another kind: a Bernoulli field has bytes, others float32.
 */
export function drawPlan(
  plan: FieldPlan,
  output: Uint8Array | Float32Array = emptyOf(plan),
): Uint8Array | Float32Array {
  const entries = sizeOf(plan.drawn);
  checkLength("drawPlan", { name: "output", length: output.length, entries });
  const { draw, key, firstBlock } = plan;
  if (output instanceof Uint8Array !== (draw === "bernoulli")) {
    throw new TypeError(
      `drawPlan: output must be ${draw === "bernoulli" ? "a Uint8Array" : "a Float32Array"}, got ${output.constructor.name}`,
    );
  }
  if (output instanceof Uint8Array) fillMask(output, plan);
  else if (draw === "uniform") chooseEngine().drawUniform(key, firstBlock, output);
  else fillNormal(output, key, firstBlock);
  return output;
}

const emptyOf = ({ draw, drawn }: FieldPlan): Uint8Array | Float32Array =>
  draw === "bernoulli" ? new Uint8Array(sizeOf(drawn)) : new Float32Array(sizeOf(drawn));
