import { DataType, reduce, stringAttribute, unsqueeze } from "@dropoutkit/onnx/graph";
import { arithmetic, type Operand } from "./emit/arithmetic.js";
import { sizeOf } from "./emit/sizeOf.js";
import { type GradientContext, outputGradient } from "./GradientRule.js";

/** How a loss over labels depends on the log probabilities: loss = -Σ factor · logProbability[label]. */
export interface LabelLoss {
  /** Whether a class is an example's label, `[batch, classes, ...]`. */
  readonly isLabel: string;
  /** The loss's gradient times the weight of each example, over the sum of the weights for the mean; `[batch, 1, ...]` or a scalar. */
  readonly factor: string;
  /** The entries of examples that do not count, `[batch, 1, ...]`. */
  readonly ignored: string | undefined;
  /** The gradient with respect to the weights of the classes, from the log probabilities. */
  byWeights(logProbabilities: string): string;
}

/** Reads labels, class weights, `ignore_index` and `reduction` of SoftmaxCrossEntropyLoss and NegativeLogLikelihoodLoss. */
export function labelLoss(context: GradientContext): LabelLoss {
  const { builder, node, info } = context;
  const [scores, labels, weights] = node.input;
  const { div, mul, sub, map, indicator, select, not } = arithmetic(context, scores);
  const dy = outputGradient(context);
  const ignored = ignoredOf(context);
  const reduction = stringAttribute(node, "reduction", "mean");
  const weight = (): string | undefined => {
    if (!weights) return ignored && indicator(not(ignored));
    // A label that is ignored need not be a class.
    const zero = builder.scalar(labelType(context), 0);
    const classes = ignored ? builder.op("Where", [ignored, zero, labels]) : labels;
    const gathered = builder.op("Gather", [weights, classes]);
    return ignored ? select(ignored, 0, gathered) : gathered;
  };
  const each = weight();
  const examples = info(scores).dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const total = (): Operand =>
    each === undefined
      ? sizeOf(context, { tensor: scores, axes: examples })
      : builder.op("ReduceSum", [each], { attributes: { keepdims: 0 } });
  const scaled = reduction === "mean" ? div(dy, total()) : dy;
  const factor = each === undefined ? scaled : mul(each, scaled);
  const withClasses = (tensor: string): string => unsqueeze(context, tensor, [1]);
  const isScalar = each === undefined && reduction !== "none";
  const isLabel = isLabelOf(context);
  const isIgnored = ignored && withClasses(ignored);
  // An example adds -logProbability to the numerator of the mean, and 1 to its denominator.
  const byWeights = (logProbabilities: string): string => {
    const own = map("Neg", logProbabilities);
    const excess = reduction === "mean" ? sub(own, context.output(0)) : own;
    const parts = mul(excess, reduction === "none" ? withClasses(scaled) : scaled);
    const ofLabels = select(isLabel, parts, 0);
    const tensor = isIgnored ? select(isIgnored, 0, ofLabels) : ofLabels;
    return reduce(context, "ReduceSum", { tensor, axes: examples, keep: false });
  };
  return {
    isLabel,
    factor: isScalar ? factor : withClasses(factor),
    ignored: isIgnored,
    byWeights,
  };
}

const labelType = ({ node, info }: GradientContext): "int32" | "int64" =>
  info(node.input[1]).dataType === DataType.INT32 ? "int32" : "int64";

function ignoredOf(context: GradientContext): string | undefined {
  const { builder, node } = context;
  const named = node.attribute.find(({ name }) => name === "ignore_index")?.i;
  const type = labelType(context);
  // An `ignore_index` that int32 cannot hold is no label.
  if (named === undefined || (type === "int32" && BigInt.asIntN(32, named) !== named)) {
    return undefined;
  }
  const index = builder.scalar(type, named);
  return builder.op("Equal", [node.input[1], index]);
}

function isLabelOf(context: GradientContext): string {
  const { builder, node, info } = context;
  const [scores, labels] = node.input;
  const type = labelType(context);
  const [zero, one] = [0, 1].map((value) => builder.scalar(type, value));
  const shape = builder.op("Shape", [scores]);
  const size = builder.op("Gather", [shape, builder.scalar("int64", 1)]);
  const end =
    type === "int64" ? size : builder.op("Cast", [size], { attributes: { to: DataType.INT32 } });
  const range = builder.op("Range", [zero, end, one]);
  // [classes] to [classes, 1, ...], which broadcasts to the scores.
  const space = info(scores)
    .dims.slice(2)
    .map((_, axis) => axis + 1);
  const classes = unsqueeze(context, range, space);
  return builder.op("Equal", [unsqueeze(context, labels, [1]), classes]);
}
