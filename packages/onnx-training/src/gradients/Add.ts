import { reduceTo } from "./emit/reduceTo.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** Y = A + B + ..., all broadcast: Add, Sum. */
export const Add: GradientRule = serving("all", (context) => {
  const { node, needs } = context;
  const gradient = outputGradient(context);
  const output = context.output(0);
  return node.input.map((input, i) =>
    needs(i) ? reduceTo(context, { gradient, input, output }) : undefined,
  );
});
