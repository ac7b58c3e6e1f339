import { intAttribute } from "@dropoutkit/onnx/graph";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** The parts of X along an axis. The gradient of a part that the loss does not depend on is 0. */
export const Split: GradientRule = (context) => {
  const { builder, node } = context;
  const gradients = node.output.map((_, i) => outputGradient(context, i));
  const axis = intAttribute(node, "axis", 0);
  return [builder.op("Concat", gradients, { attributes: { axis } })];
};
