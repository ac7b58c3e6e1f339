import { type GradientRule, outputGradient } from "./GradientRule.js";
import { reduceTo } from "./reduceTo.js";
import { scalarLike } from "./scalarLike.js";

/** Y = condition ? A : B. The gradient is selected too, so that it is exactly 0 where the entry was not taken. */
export const Where: GradientRule = (context) => {
  const { builder, node, needs } = context;
  const dy = outputGradient(context);
  const [condition, a, b] = node.input;
  const [output] = node.output;
  const zero = scalarLike(context, output, 0);
  const select = (input: string, taken: readonly [string, string]): string =>
    reduceTo(context, { gradient: builder.op("Where", [condition, ...taken]), input, output });
  return [
    undefined,
    needs(1) ? select(a, [dy, zero]) : undefined,
    needs(2) ? select(b, [zero, dy]) : undefined,
  ];
};
