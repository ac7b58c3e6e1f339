import { floatAttribute } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { channelsOf } from "./emit/channels.js";
import { standardise, standardisedGradient } from "./emit/standardise.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/**
 * Y = scale · (X - mean) / sqrt(variance + epsilon) + bias, over the space of each example and channel.
 * @see Ulyanov et al. 2016, "Instance Normalization: The Missing Ingredient for Fast Stylization"
 * (arXiv:1607.08022).
 */
export const InstanceNormalization: GradientRule = serving([0, 1, 2], (context) => {
  const { needs, node, info } = context;
  const [x, scale] = node.input;
  const { mul } = arithmetic(context, x);
  const { spread, sum } = channelsOf(context, node);
  const dy = outputGradient(context);
  const options = {
    tensor: x,
    like: x,
    axes: info(x).dims.flatMap((_, axis) => (axis < 2 ? [] : [axis])),
    epsilon: floatAttribute(node, "epsilon", 1e-5),
  };
  const standard = standardise(context, options);
  const byX = (): string => {
    const gradient = mul(dy, spread(scale));
    return standardisedGradient(context, { ...options, ...standard, gradient });
  };
  const rules = [byX, () => sum(mul(dy, standard.normal)), () => sum(dy)];
  return rules.map((rule, i) => (needs(i) ? rule() : undefined));
});
