import { type GradientRule, outputGradient } from "./GradientRule.js";
import { reduceTo } from "./reduceTo.js";

/** Y = A · B elementwise, either broadcast. */
export const Mul: GradientRule = (context) => {
  const { builder, node, needs } = context;
  const dy = outputGradient(context);
  const [a, b] = node.input;
  const [output] = node.output;
  const by = (input: string, other: string): string =>
    reduceTo(context, { gradient: builder.op("Mul", [dy, other]), input, output });
  return [needs(0) ? by(a, b) : undefined, needs(1) ? by(b, a) : undefined];
};
