import { arithmetic } from "./emit/arithmetic.js";
import { reduceTo } from "./emit/reduceTo.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** Y = (A + B + ...) / n, all broadcast. */
export const Mean: GradientRule = serving("all", (context) => {
  const { node, needs } = context;
  const output = context.output(0);
  const gradient = arithmetic(context, output).div(outputGradient(context), node.input.length);
  return node.input.map((input, i) =>
    needs(i) ? reduceTo(context, { gradient, input, output }) : undefined,
  );
});
