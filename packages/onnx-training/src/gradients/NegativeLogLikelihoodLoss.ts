import { arithmetic } from "./emit/arithmetic.js";
import type { GradientRule } from "./GradientRule.js";
import { labelled } from "./labelled.js";

/**
 * loss = -logProbabilities[label] of each example, weighted by its class, averaged, summed or kept
 * apart. Log probabilities `[batch, classes, ...]`, labels `[batch, ...]`.
 */
export const NegativeLogLikelihoodLoss: GradientRule = (context) => {
  const { map, select } = arithmetic(context, context.node.input[0]);
  const { isLabel, factor } = labelled(context);
  return [select(isLabel, map("Neg", factor), 0)];
};
