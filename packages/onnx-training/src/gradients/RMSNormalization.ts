import { floatAttribute, reduce } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { axesFrom } from "./emit/axesFrom.js";
import { reduceTo } from "./emit/reduceTo.js";
import { standardisedGradient } from "./emit/standardise.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/**
 * Y = scale · X / sqrt(mean(X²) + epsilon) over the axes from one on.
 * @see Zhang and Sennrich 2019, "Root Mean Square Layer Normalization", section 3 (arXiv:1910.07467).
 */
export const RMSNormalization: GradientRule = serving([0, 1], (context) => {
  const { needs, node } = context;
  const [x, scale] = node.input;
  const { add, div, mul, map } = arithmetic(context, x);
  const axes = axesFrom(context);
  const dy = outputGradient(context);
  const square = reduce(context, "ReduceMean", { tensor: mul(x, x), axes });
  const inverse = div(1, map("Sqrt", add(square, floatAttribute(node, "epsilon", 1e-5))));
  const normal = mul(x, inverse);
  const byX = (): string => {
    const gradient = mul(dy, scale);
    const options = { gradient, normal, inverse, axes, like: x, centred: false };
    return standardisedGradient(context, options);
  };
  const byScale = (): string =>
    reduceTo(context, { gradient: mul(dy, normal), input: scale, output: context.output(0) });
  return [needs(0) ? byX() : undefined, needs(1) ? byScale() : undefined];
});
