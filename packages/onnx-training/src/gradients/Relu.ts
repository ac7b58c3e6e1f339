import { type GradientRule, outputGradient } from "./GradientRule.js";
import { scalarLike } from "./scalarLike.js";

/** Y = max(X, 0); the gradient at 0 is 0. */
export const Relu: GradientRule = (context) => {
  const { builder, node } = context;
  const zero = scalarLike(context, node.output[0], 0);
  const positive = builder.op("Greater", [node.output[0], zero]);
  return [builder.op("Where", [positive, outputGradient(context), zero])];
};
