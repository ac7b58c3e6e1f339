import { copyMessage, slice } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { filledLike } from "./emit/filledLike.js";
import { filledTensor } from "./emit/filledTensor.js";
import { gather } from "./emit/gather.js";
import { planes } from "./emit/planes.js";
import { reshapeLike } from "./emit/reshapeLike.js";
import { scalarLike } from "./emit/scalarLike.js";
import { spread } from "./emit/spread.js";
import { type Windows, windowsOf } from "./emit/windows.js";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";

/** Y = the mean of each window of X. */
export const AveragePool: GradientRule = (context) => {
  const { node, info } = context;
  const [large] = node.input;
  const small = context.output(0);
  const windows = windowsOf(context, { node, large, small });
  const dy = outputGradient(context);
  if (info(large).dims.includes(0)) return [filledLike(context, large, 0)];
  const rank = windows.axes.length;
  const shares = arithmetic(context, large).mul(
    planes(context, dy, rank),
    shareOf(context, windows),
  );
  const kernel = [1, 1, ...windows.axes.map((axis) => axis.kernel)];
  const weights = filledTensor(context, kernel, 1);
  const gradient = spread(context, windows, { tensor: shares, weights, group: 1 });
  return [reshapeLike(context, gradient, large)];
};

/**
 * How much of an entry each place takes: the runtime's own mean of ones, over the number of entries that
 * are not padding. So what counts in a window is what counts in the runtime, whose rules changed.
 */
function shareOf(context: GradientContext, windows: Windows): string {
  const { builder, node } = context;
  const { large } = windows;
  const ones = onesPlane(context, windows);
  const mean = builder.uniqueName("AveragePool");
  builder.nodes.push(copyMessage(node, { name: mean, input: [ones], output: [mean] }));
  const kernel = filledTensor(context, [1, 1, ...windows.axes.map((axis) => axis.kernel)], 1);
  const entries = gather(context, windows, { tensor: ones, weights: kernel, group: 1 });
  return arithmetic(context, large).quotient(mean, entries);
}

/** Ones `[1, 1, ...space]`. */
function onesPlane(context: GradientContext, { large, axes }: Windows): string {
  const { builder, info } = context;
  const space = info(large)
    .dims.slice(2)
    .filter((size) => typeof size === "number");
  if (space.length === axes.length) return filledTensor(context, [1, 1, ...space], 1);
  const sizes = slice(context, builder.op("Shape", [large]), {
    axes: [0],
    starts: [2],
    ends: [axes.length + 2],
  });
  const shape = builder.op("Concat", [builder.ints([1, 1]), sizes], { attributes: { axis: 0 } });
  return builder.op("Expand", [scalarLike(context, large, 1), shape]);
}
