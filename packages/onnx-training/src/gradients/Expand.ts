import { reduceTo } from "./emit/reduceTo.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** Y = X broadcast with a shape. */
export const Expand: GradientRule = (context) => {
  const gradient = outputGradient(context);
  const [input] = context.node.input;
  return [reduceTo(context, { gradient, input, output: context.output(0) })];
};
