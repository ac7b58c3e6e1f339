import { tensorTypeOf } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../EmitContext.js";

/** A scalar constant of a tensor's element type. */
export function scalarLike(
  { builder, info }: Pick<EmitContext, "builder" | "info">,
  tensor: string,
  value: number,
): string {
  return builder.scalar(floatTypeOf({ info }, tensor), value);
}

/** A tensor's element type. @throws {TypeError} If it is not float32 or float64. */
export function floatTypeOf(
  { info }: Pick<EmitContext, "info">,
  tensor: string,
): "float32" | "float64" {
  const type = tensorTypeOf(info(tensor).dataType);
  if (type !== "float32" && type !== "float64") {
    throw new TypeError(`gradient: tensor ${tensor} must hold float32 or float64, got ${type}`);
  }
  return type;
}
