import { intsAttribute, reduce } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { standardisedGradient } from "./emit/standardise.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** What the operator adds to the deviation, fixed by its definition. */
const EPSILON = 1e-9;

/** Y = (X - mean) / (deviation + 1e-9) along axes. */
export const MeanVarianceNormalization: GradientRule = (context) => {
  const { node, info } = context;
  const [x] = node.input;
  const { add, sub, mul, div, map } = arithmetic(context, x);
  const rank = info(x).dims.length;
  const named = intsAttribute(node, "axes") ?? [0, 2, 3];
  const axes = named.map((axis) => (axis < 0 ? axis + rank : axis));
  const mean = (tensor: string): string => reduce(context, "ReduceMean", { tensor, axes });
  const centred = sub(x, mean(x));
  const inverse = div(1, add(map("Sqrt", mean(mul(centred, centred))), EPSILON));
  // The deviation's own gradient is (X - mean) / deviation over n, which Y is but for the epsilon.
  const normal = context.output(0);
  const gradient = outputGradient(context);
  return [standardisedGradient(context, { gradient, normal, inverse, axes, like: x })];
};
