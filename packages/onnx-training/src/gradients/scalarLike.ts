import { tensorTypeOf } from "@dropoutkit/onnx";
import type { GradientContext } from "./GradientRule.js";

/** A scalar 0 of a tensor's element type. */
export function zeroOf({ builder, info }: GradientContext, tensor: string): string {
  const type = tensorTypeOf(info(tensor).dataType);
  if (type !== "float32" && type !== "float64") {
    throw new TypeError(`gradient: tensor ${tensor} must hold float32 or float64, got ${type}`);
  }
  return builder.scalar(type, 0);
}
