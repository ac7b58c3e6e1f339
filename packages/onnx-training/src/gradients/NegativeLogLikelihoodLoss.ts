import { arithmetic } from "./emit/arithmetic.js";
import { type GradientRule, serving } from "./GradientRule.js";
import { labelLoss } from "./labelLoss.js";

/**
 * loss = -logProbabilities[label] of each example, weighted by its class, averaged, summed or kept
 * apart. Log probabilities `[batch, classes, ...]`, labels `[batch, ...]`.
 */
export const NegativeLogLikelihoodLoss: GradientRule = serving([0, 2], (context) => {
  const { node, needs } = context;
  const [logProbabilities] = node.input;
  const { map, select } = arithmetic(context, logProbabilities);
  const { isLabel, factor, byWeights } = labelLoss(context);
  return [
    needs(0) ? select(isLabel, map("Neg", factor), 0) : undefined,
    undefined,
    needs(2) ? byWeights(logProbabilities) : undefined,
  ];
});
