import { type GradientRule, outputGradient } from "./GradientRule.js";
import { zeroOf } from "./zeroOf.js";

/** Y = max(X, 0); the gradient at 0 is 0. */
export const Relu: GradientRule = (context) => {
  const { builder, node } = context;
  const zero = zeroOf(context, node.output[0]);
  const positive = builder.op("Greater", [node.output[0], zero]);
  return [builder.op("Where", [positive, outputGradient(context), zero])];
};
