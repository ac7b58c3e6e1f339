import { intAttribute } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** The operator's attributes, all of them 0 by default. */
const NUMBERS = ["interleaved", "num_heads", "rotary_embedding_dim"];

/**
 * Y = X with pairs of entries rotated by angles that cosines and sines say. So the gradient is rotated
 * back: the same operator with the sines negated. Cosines and sines are tables, which are not trained.
 * @see Su et al. 2021, "RoFormer: Enhanced Transformer with Rotary Position Embedding", section 3
 * (arXiv:2104.09864).
 */
export const RotaryEmbedding: GradientRule = (context) => {
  const { builder, node } = context;
  const [x, cosines, sines, ...positions] = node.input;
  const { map } = arithmetic(context, x);
  const attributes = Object.fromEntries(NUMBERS.map((name) => [name, intAttribute(node, name, 0)]));
  const inputs = [outputGradient(context), cosines, map("Neg", sines), ...positions];
  return [builder.op("RotaryEmbedding", inputs, { attributes })];
};
