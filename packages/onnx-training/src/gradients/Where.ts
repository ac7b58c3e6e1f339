import { arithmetic } from "./emit/arithmetic.js";
import { reduceTo } from "./emit/reduceTo.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** Y = condition ? A : B. The gradient is selected too, so that it is exactly 0 where the entry was not taken. */
export const Where: GradientRule = serving([1, 2], (context) => {
  const { node, needs } = context;
  const dy = outputGradient(context);
  const [condition, a, b] = node.input;
  const output = context.output(0);
  const { select } = arithmetic(context, output);
  return [
    undefined,
    needs(1)
      ? reduceTo(context, { gradient: select(condition, dy, 0), input: a, output })
      : undefined,
    needs(2)
      ? reduceTo(context, { gradient: select(condition, 0, dy), input: b, output })
      : undefined,
  ];
});
