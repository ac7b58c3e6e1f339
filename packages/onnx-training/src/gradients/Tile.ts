import { reduce, unsqueeze } from "@dropoutkit/onnx/graph";
import { shapeOf } from "./emit/shapeOf.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** Y = copies of X along its axes, as many as an input says. */
export const Tile: GradientRule = (context) => {
  const { builder, node, info, opset } = context;
  const [x, repeats] = node.input;
  const dy = outputGradient(context);
  const axes = info(x).dims.map((_, axis) => 2 * axis);
  if (axes.length === 0) return [dy];
  // An axis of n copies of m entries is the two axes [n, m].
  const pairs = [repeats, shapeOf(context, x)].map((list) => unsqueeze(context, list, [1]));
  const joined = builder.op("Concat", pairs, { attributes: { axis: 1 } });
  const shape = builder.op("Reshape", [joined, builder.ints([-1])]);
  const attributes = opset >= 14 ? { allowzero: 1 } : undefined;
  const apart = builder.op("Reshape", [dy, shape], { attributes });
  return [reduce(context, "ReduceSum", { tensor: apart, axes, keep: false })];
};
