import { reshapeLike } from "./emit/reshapeLike.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** The same entries in another shape: Reshape, Flatten. The gradient takes the input's shape. */
export const Reshape: GradientRule = (context) => [
  reshapeLike(context, outputGradient(context), context.node.input[0]),
];
