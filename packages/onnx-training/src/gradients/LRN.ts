import { floatAttribute, intAttribute, squeeze, unsqueeze } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";

/**
 * Y = X · d^-beta with d = bias + alpha / size · Σ X² over the `size` channels around one. So the
 * gradient is dY · d^-beta - 2 alpha beta X · mean over the channels around of (dY · Y / d).
 * @see Krizhevsky, Sutskever and Hinton 2012, "ImageNet Classification with Deep Convolutional Neural
 * Networks", section 3.3.
 */
export const LRN: GradientRule = (context) => {
  const { node } = context;
  const [x] = node.input;
  const { add, sub, mul, div, map } = arithmetic(context, x);
  const alpha = floatAttribute(node, "alpha", 1e-4);
  const beta = floatAttribute(node, "beta", 0.75);
  const size = intAttribute(node, "size", 1);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const dy = outputGradient(context);
  const squares = meanOfChannels(context, mul(x, x), [before, after]);
  const d = add(mul(squares, alpha), floatAttribute(node, "bias", 1));
  const power = map("Exp", mul(map("Log", d), -beta));
  const shares = div(mul(dy, context.output(0)), d);
  const others = meanOfChannels(context, shares, [after, before]);
  return [sub(mul(dy, power), mul(mul(x, others), 2 * alpha * beta))];
};

/** The sum over the channels from `before` to `after` one, those outside as 0, over their full number. */
function meanOfChannels(
  context: GradientContext,
  tensor: string,
  [before, after]: readonly [before: number, after: number],
): string {
  const { builder, node, info } = context;
  const space = info(node.input[0]).dims.slice(2);
  const edge = space.map(() => 0);
  const pooled = builder.op("AveragePool", [unsqueeze(context, tensor, [1])], {
    attributes: {
      kernel_shape: [before + after + 1, ...space.map(() => 1)],
      pads: [before, ...edge, after, ...edge],
      count_include_pad: 1,
    },
  });
  return squeeze(context, pooled, [1]);
}
