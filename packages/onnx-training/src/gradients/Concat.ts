import { intAttribute } from "@dropoutkit/onnx/graph";
import { splitLike } from "./emit/splitLike.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** Y = the inputs one after another along an axis. */
export const Concat: GradientRule = serving("all", (context) => {
  const { node, info, needs } = context;
  const named = intAttribute(node, "axis", 1);
  const axis = named < 0 ? named + info(node.input[0]).dims.length : named;
  const parts = splitLike(context, { tensor: outputGradient(context), axis, like: node.input });
  return parts.map((part, i) => (needs(i) ? part : undefined));
});
