import { intAttribute, reduce } from "@dropoutkit/onnx/graph";
import { type Arithmetic, arithmetic } from "./emit/arithmetic.js";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";

interface SoftmaxTerms extends Arithmetic {
  readonly y: string;
  readonly dy: string;
  /** Sums along the axes that the node normalises, which stay with size 1. */
  sum(tensor: string): string;
}

const softmaxRule =
  (derive: (terms: SoftmaxTerms) => string): GradientRule =>
  (context) => {
    const [x] = context.node.input;
    const axes = normalisedAxes(context);
    return [
      derive({
        ...arithmetic(context, x),
        y: context.output(0),
        dy: outputGradient(context),
        sum: (tensor) => reduce(context, "ReduceSum", { tensor, axes }),
      }),
    ];
  };

/** One axis since opset 13, the last by default; before that all from the named one on, the second by default. */
function normalisedAxes({ node, opset, info }: GradientContext): number[] {
  const rank = info(node.input[0]).dims.length;
  const named = intAttribute(node, "axis", opset >= 13 ? -1 : 1);
  const axis = named < 0 ? named + rank : named;
  if (opset >= 13) return [axis];
  return Array.from({ length: rank - axis }, (_, i) => axis + i);
}

/** Y = exp(X) / sum(exp(X)). */
export const Softmax: GradientRule = softmaxRule(({ mul, sub, sum, y, dy }) => {
  const weighted = mul(dy, y);
  return sub(weighted, mul(y, sum(weighted)));
});

/** Y = X - log(sum(exp(X))). */
export const LogSoftmax: GradientRule = softmaxRule(({ mul, sub, map, sum, y, dy }) =>
  sub(dy, mul(map("Exp", y), sum(dy))),
);
