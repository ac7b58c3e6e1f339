import { reduce } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { type GradientRule, serving } from "./GradientRule.js";
import { labelLoss } from "./labelLoss.js";

/**
 * loss = -log softmax(scores)[label] of each example, weighted by its class, averaged, summed or kept
 * apart. The gradient with respect to the scores is (softmax(scores) - onehot(label)) times the example's factor; the
 * second output is log softmax, whose own gradient is added. Scores `[batch, classes, ...]`, labels
 * `[batch, ...]`.
 */
export const SoftmaxCrossEntropyLoss: GradientRule = serving([0, 2], (context) => {
  const { node, outputGradients, needs } = context;
  const { add, mul, sub, map, select, indicator } = arithmetic(context, node.input[0]);
  const [dy, dLog] = outputGradients;
  const losses = dy === undefined ? undefined : labelLoss(context);
  const byScores = (): string => {
    const probabilities = map("Exp", context.output(1));
    const parts: string[] = [];
    if (losses !== undefined) {
      const { isLabel, factor, ignored } = losses;
      const gradient = mul(sub(probabilities, indicator(isLabel)), factor);
      parts.push(ignored ? select(ignored, 0, gradient) : gradient);
    }
    if (dLog !== undefined) {
      const total = reduce(context, "ReduceSum", { tensor: dLog, axes: [1] });
      parts.push(sub(dLog, mul(probabilities, total)));
    }
    return parts.reduce((sum, part) => add(sum, part));
  };
  return [
    needs(0) ? byScores() : undefined,
    undefined,
    needs(2) ? losses?.byWeights(context.output(1)) : undefined,
  ];
});
