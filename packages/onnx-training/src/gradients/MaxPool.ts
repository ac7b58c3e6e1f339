import { intAttribute } from "@dropoutkit/onnx/graph";
import { filledLike } from "./emit/filledLike.js";
import { reshapeLike } from "./emit/reshapeLike.js";
import { shapeOf } from "./emit/shapeOf.js";
import { windowsOf } from "./emit/windows.js";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";
import { maxPoolByAxes } from "./maxPoolByAxes.js";

/** Y = the largest entry of each window of X. The gradient goes to the one that the runtime took, the first of equal ones. */
export const MaxPool: GradientRule = (context) => {
  const { node, info, opset } = context;
  const [large] = node.input;
  const small = context.output(0);
  if (info(large).dims.includes(0)) return [filledLike(context, large, 0)];
  const windows = windowsOf(context, { node, large, small });
  const isApart = windows.axes.every(
    ({ kernel, dilation, stride }) => (kernel - 1) * dilation < stride,
  );
  // Scattering adds since opset 16; where no windows overlap there is nothing to add, and the operator is as old as opset 11.
  const scatters = opset >= 16 || (opset >= 11 && isApart);
  return [scatters ? scattered(context) : maxPoolByAxes(context, windows)];
};

/** Puts the gradients where the second output of the node says that the largest entries are. */
function scattered(context: GradientContext): string {
  const { builder, node, opset } = context;
  const [x] = node.input;
  const flat = (tensor: string): string => builder.op("Reshape", [tensor, builder.ints([-1])]);
  const entries = [
    flat(filledLike(context, x, 0)),
    flat(context.output(1)),
    flat(outputGradient(context)),
  ];
  const attributes = { axis: 0, ...(opset >= 16 && { reduction: "add" }) };
  const sum = builder.op("ScatterElements", entries, { attributes });
  return intAttribute(node, "storage_order", 0) === 1
    ? columnMajor(context, sum)
    : reshapeLike(context, sum, x);
}

/** Entries that were put where indices count the axes of space from the first on. */
function columnMajor(context: GradientContext, flat: string): string {
  const { builder, node, info } = context;
  const [x] = node.input;
  const { dims } = info(x);
  const perm = dims.map((_, axis) => (axis < 2 ? axis : dims.length + 1 - axis));
  const shape = builder.op("Gather", [shapeOf(context, x), builder.ints(perm)]);
  return builder.op("Transpose", [builder.op("Reshape", [flat, shape])], { attributes: { perm } });
}
