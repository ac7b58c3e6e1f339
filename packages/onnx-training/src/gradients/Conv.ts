import { intAttribute, reduce } from "@dropoutkit/onnx/graph";
import { kernelGradient } from "./emit/kernelGradient.js";
import { spread } from "./emit/spread.js";
import { windowsOf } from "./emit/windows.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** Y = the windows of X times W, and B for each channel: `X [batch, channels, ...space]`, `W [outputs, channels / group, ...kernel]`. */
export const Conv: GradientRule = serving([0, 1, 2], (context) => {
  const { node, needs, info } = context;
  const [large, weights] = node.input;
  const small = context.output(0);
  const group = intAttribute(node, "group", 1);
  const dy = outputGradient(context);
  const windows = windowsOf(context, { node, large, small, weights: info(weights).dims.slice(2) });
  const space = windows.axes.map((_, axis) => axis + 2);
  return [
    needs(0) ? spread(context, windows, { tensor: dy, weights, group }) : undefined,
    needs(1) ? kernelGradient(context, windows, { large, small: dy, weights, group }) : undefined,
    needs(2)
      ? reduce(context, "ReduceSum", { tensor: dy, axes: [0, ...space], keep: false })
      : undefined,
  ];
});
