import { type GradientRule, outputGradient } from "./GradientRule.js";

/** The same entries in another shape: Reshape, Flatten. The gradient takes the input's shape. */
export const Reshape: GradientRule = (context) => {
  const { builder, node } = context;
  const shape = builder.op("Shape", [node.input[0]]);
  return [builder.op("Reshape", [outputGradient(context), shape])];
};
