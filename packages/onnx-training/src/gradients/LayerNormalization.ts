import { DataType, floatAttribute } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { axesFrom } from "./emit/axesFrom.js";
import { reduceTo } from "./emit/reduceTo.js";
import { sizeOf } from "./emit/sizeOf.js";
import { type Standardised, standardise, standardisedGradient } from "./emit/standardise.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";

/**
 * Y = scale · (X - mean) / sqrt(variance + epsilon) + bias over the axes from one on; mean and
 * 1 / deviation are outputs too.
 * @see Ba, Kiros and Hinton 2016, "Layer Normalization", section 3 (arXiv:1607.06450).
 */
export const LayerNormalization: GradientRule = serving([0, 1, 2], (context) => {
  const { needs, node } = context;
  const [x, scale, bias] = node.input;
  const { mul } = arithmetic(context, x);
  const axes = axesFrom(context);
  const dy = outputGradient(context);
  const output = context.output(0);
  const standard = standardOf(context, axes);
  const byX = (): string => {
    const gradient = mul(dy, scale);
    const own = standardisedGradient(context, { ...standard, gradient, axes, like: x });
    return byStatistics(context, { own, standard, axes });
  };
  const rules = [
    byX,
    () => reduceTo(context, { gradient: mul(dy, standard.normal), input: scale, output }),
    () => reduceTo(context, { gradient: dy, input: bias, output }),
  ];
  return rules.map((rule, i) => (needs(i) ? rule() : undefined));
});

/** The forward's own statistics, which are float32 whatever it normalises; so in float64 they are computed again. */
function standardOf(context: GradientContext, axes: readonly number[]): Standardised {
  const { node, info } = context;
  const [x] = node.input;
  const { sub, mul } = arithmetic(context, x);
  if (info(x).dataType !== DataType.FLOAT) {
    const epsilon = floatAttribute(node, "epsilon", 1e-5);
    return standardise(context, { tensor: x, like: x, axes, epsilon });
  }
  const [mean, inverse] = [context.output(1), context.output(2)];
  return { normal: mul(sub(x, mean), inverse), inverse };
}

interface StatisticsOptions {
  /** The gradient with respect to X that comes from Y. */
  readonly own: string;
  readonly standard: Standardised;
  readonly axes: readonly number[];
}

/** Adds what comes from the mean, 1 / n of it for each entry, and from 1 / deviation. */
function byStatistics(
  context: GradientContext,
  { own, standard, axes }: StatisticsOptions,
): string {
  const [, byMean, byInverse] = context.outputGradients;
  const [x] = context.node.input;
  const { add, sub, mul, div } = arithmetic(context, x);
  const { normal, inverse } = standard;
  const share = (tensor: string): string => div(tensor, sizeOf(context, { tensor: x, axes }));
  const moved = byMean === undefined ? own : add(own, share(byMean));
  if (byInverse === undefined) return moved;
  return sub(moved, mul(normal, share(mul(byInverse, mul(inverse, inverse)))));
}
