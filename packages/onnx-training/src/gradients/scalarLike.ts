import { tensorTypeOf } from "@dropoutkit/onnx";
import type { GradientContext } from "./GradientRule.js";

/** A scalar constant of a tensor's element type. */
export function scalarLike(
  { builder, info }: Pick<GradientContext, "builder" | "info">,
  tensor: string,
  value: number,
): string {
  const type = tensorTypeOf(info(tensor).dataType);
  if (type !== "float32" && type !== "float64") {
    throw new TypeError(`gradient: tensor ${tensor} must hold float32 or float64, got ${type}`);
  }
  return builder.scalar(type, value);
}
