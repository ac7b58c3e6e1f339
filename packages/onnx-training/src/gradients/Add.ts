import { type GradientRule, outputGradient } from "./GradientRule.js";
import { reduceTo } from "./reduceTo.js";

/** Y = A + B, either broadcast. */
export const Add: GradientRule = (context) => {
  const { node, needs } = context;
  const gradient = outputGradient(context);
  const [output] = node.output;
  return node.input.map((input, i) =>
    needs(i) ? reduceTo(context, { gradient, input, output }) : undefined,
  );
};
