import { arithmetic } from "./emit/arithmetic.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/**
 * Y = X in inference; in training X / (1 - ratio) where the mask is set, else 0, and the gradient reads
 * the mask that the forward pass drew. Training came as an input with opset 12.
 */
export const Dropout: GradientRule = (context) => {
  const { builder, node, constant, info, opset } = context;
  const dy = outputGradient(context);
  const [x, ratio, training] = node.input;
  const known = training ? constant(training) : undefined;
  if (opset < 12 || !training || known?.[0] === 0) return [dy];
  const { div, sub, select } = arithmetic(context, x);
  const { dataType } = info(x);
  const rate = ratio ? builder.op("Cast", [ratio], { attributes: { to: dataType } }) : 0.5;
  const scaled = select(context.output(1), div(dy, sub(1, rate)), 0);
  return [known === undefined ? select(training, scaled, dy) : scaled];
};
