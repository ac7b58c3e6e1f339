import { intsAttribute } from "@dropoutkit/onnx/graph";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** The axes of X in another order, by default the reverse one. */
export const Transpose: GradientRule = (context) => {
  const { builder, node } = context;
  const order = intsAttribute(node, "perm");
  const perm = order?.map((_, axis) => order.indexOf(axis));
  const attributes = perm && { perm };
  return [builder.op("Transpose", [outputGradient(context)], { attributes })];
};
