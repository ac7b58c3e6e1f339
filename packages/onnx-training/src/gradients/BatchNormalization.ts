import { floatAttribute, usesBatchStatistics } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { channelsOf } from "./emit/channels.js";
import { sizeOf } from "./emit/sizeOf.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";

/**
 * Y = scale · (X - mean) / sqrt(variance + epsilon) + bias of each channel. In training mode mean and
 * variance are X's own, and the node's 2nd and 3rd outputs (`exposeBatchStatistics` sees to it).
 * @see Ioffe and Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training by Reducing
 * Internal Covariate Shift", section 3 (arXiv:1502.03167).
 */
export const BatchNormalization: GradientRule = serving([0, 1, 2, 3, 4], (context) => {
  const { needs, node, opset } = context;
  const [x, scale] = node.input;
  const isBatch = usesBatchStatistics(node, opset);
  const { axes, spread, sum } = channelsOf(context, node);
  const { add, mul, div } = arithmetic(context, x);
  const dy = outputGradient(context);
  const { centred, inverse } = deviationOf(context, isBatch);
  const gain = mul(scale, inverse);
  const byX = (): string => mul(dy, spread(gain));
  const wants = (...inputs: number[]): boolean => isBatch || inputs.some(needs);
  const total = wants(2, 3) ? sum(dy) : "";
  const along = wants(1, 4) ? sum(mul(dy, centred)) : "";
  const byScale = (): string => mul(along, inverse);
  const byMean = (): string => mul(mul(gain, total), -1);
  const byVariance = (): string => mul(mul(mul(gain, along), mul(inverse, inverse)), -0.5);
  if (!isBatch) {
    const rules = [byX, byScale, () => total, byMean, byVariance];
    return rules.map((rule, i) => (needs(i) ? rule() : undefined));
  }
  // The mean of n entries moves by 1 / n of one of them, their variance by 2 (x - mean) / n.
  const [, ownMean, ownVariance] = context.outputGradients;
  const count = sizeOf(context, { tensor: x, axes });
  const mean = ownMean === undefined ? byMean() : add(byMean(), ownMean);
  const variance = ownVariance === undefined ? byVariance() : add(byVariance(), ownVariance);
  const byStatistics = (): string =>
    add(mul(centred, spread(div(mul(variance, 2), count))), spread(div(mean, count)));
  return [needs(0) ? add(byX(), byStatistics()) : undefined, byScale(), total];
});

/** X less its mean, and 1 over the deviation of each channel. */
function deviationOf(
  context: GradientContext,
  isBatch: boolean,
): { readonly centred: string; readonly inverse: string } {
  const { node } = context;
  const [x] = node.input;
  const [mean, variance] = isBatch ? [context.output(1), context.output(2)] : node.input.slice(3);
  const { sub, div, map, add } = arithmetic(context, x);
  const epsilon = floatAttribute(node, "epsilon", 1e-5);
  return {
    centred: sub(x, channelsOf(context, node).spread(mean)),
    inverse: div(1, map("Sqrt", add(variance, epsilon))),
  };
}
