import { type GradientRule, outputGradient } from "./GradientRule.js";

/** Y = X in another type of floats: Cast, CastLike. */
export const Cast: GradientRule = (context) => {
  const { builder, node, info } = context;
  const to = info(node.input[0]).dataType;
  return [builder.op("Cast", [outputGradient(context)], { attributes: { to } })];
};
