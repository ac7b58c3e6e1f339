import { arithmetic } from "./emit/arithmetic.js";
import { reduceTo } from "./emit/reduceTo.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** Y = the largest (or smallest) of A, B, ..., all broadcast. Equal inputs share the gradient evenly, as in PyTorch. */
export const extremum: GradientRule = serving("all", (context) => {
  const { node, needs } = context;
  const output = context.output(0);
  const dy = outputGradient(context);
  const { equal, indicator, div, add, select } = arithmetic(context, output);
  if (node.input.length === 1) return [dy];
  const hits = node.input.map((input) => equal(input, output));
  const count = hits.map(indicator).reduce((sum, hit) => add(sum, hit));
  const share = div(dy, count);
  return node.input.map((input, i) =>
    needs(i)
      ? reduceTo(context, { gradient: select(hits[i], share, 0), input, output })
      : undefined,
  );
});
