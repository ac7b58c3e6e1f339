import { intAttribute, reduce } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { scalarLike } from "./emit/scalarLike.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** Y = one of two values, `[off, on]`: "on" where an index names the place along an axis. */
export const OneHot: GradientRule = serving([2], (context) => {
  const { builder, node, info } = context;
  const [indices, depth, values] = node.input;
  const { greater, select } = arithmetic(context, values);
  const dy = outputGradient(context);
  const axes = info(context.output(0)).dims.map((_, axis) => axis);
  // The node itself, with other values, says where the indices are: versions differ in which they allow.
  const [off, on] = [0, 1].map((value) =>
    builder.op("Reshape", [scalarLike(context, values, value), builder.ints([1])]),
  );
  const flags = builder.op("Concat", [off, on], { attributes: { axis: 0 } });
  const hot = builder.op("OneHot", [indices, depth, flags], {
    attributes: { axis: intAttribute(node, "axis", -1) },
  });
  const isOn = greater(hot, 0);
  const sums = [select(isOn, 0, dy), select(isOn, dy, 0)].map((tensor) => {
    const sum = reduce(context, "ReduceSum", { tensor, axes, keep: false });
    return builder.op("Reshape", [sum, builder.ints([1])]);
  });
  return [undefined, undefined, builder.op("Concat", sums, { attributes: { axis: 0 } })];
});
