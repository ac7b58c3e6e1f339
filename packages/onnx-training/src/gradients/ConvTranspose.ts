import {
  intAttribute,
  intsAttribute,
  type NodeProto,
  nodeLabel,
  reduce,
  stringAttribute,
} from "@dropoutkit/onnx/graph";
import { gather } from "./emit/gather.js";
import { kernelGradient } from "./emit/kernelGradient.js";
import { kernelOf, type WindowAxis, type Windows } from "./emit/windows.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";

/** Y = each entry of X, times W, added to a window of Y, and B for each channel: `X [batch, channels, ...space]`, `W [channels, outputs / group, ...kernel]`. */
export const ConvTranspose: GradientRule = serving([0, 1, 2], (context) => {
  const { node, needs } = context;
  const [x, weights] = node.input;
  const group = intAttribute(node, "group", 1);
  const dy = outputGradient(context);
  const windows = spreadWindows(context);
  const space = windows.axes.map((_, axis) => axis + 2);
  return [
    needs(0) ? gather(context, windows, { tensor: dy, weights, group }) : undefined,
    needs(1)
      ? kernelGradient(context, windows, { large: dy, small: x, weights, group })
      : undefined,
    needs(2)
      ? reduce(context, "ReduceSum", { tensor: dy, axes: [0, ...space], keep: false })
      : undefined,
  ];
});

/** The windows of the node, of which the large tensor is the output. */
function spreadWindows(context: GradientContext): Windows {
  const { node, info } = context;
  const [small, weights] = node.input;
  const large = context.output(0);
  const { window, kernel } = kernelOf({ node, weights: info(weights).dims.slice(2) });
  const { strides, dilations, pads, autoPad } = window;
  const extra = intsAttribute(node, "output_padding");
  const sizes = intsAttribute(node, "output_shape")?.slice(-kernel.length);
  const places = info(small).dims.slice(2);
  const axes = kernel.map((size, axis): WindowAxis => {
    const [stride, dilation] = [strides[axis], dilations[axis]];
    const reach = (size - 1) * dilation + 1;
    const more = extra?.[axis] ?? 0;
    const count = places[axis];
    const own = { kernel: size, stride, dilation };
    const half = (total: number): number =>
      autoPad === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);
    // `over` is what is cut from (count - 1) stride + reach entries.
    if (sizes !== undefined) {
      if (typeof count !== "number")
        return { ...own, before: halvedAtRun(node, more), over: undefined };
      const over = (count - 1) * stride + reach - sizes[axis];
      return { ...own, before: half(Math.max(over + more, 0)), over };
    }
    if (autoPad.startsWith("SAME")) {
      const over = reach - stride;
      return { ...own, before: half(Math.max(over + more, 0)), over };
    }
    if (autoPad === "VALID") return { ...own, before: 0, over: -more };
    return { ...own, before: pads[axis], over: pads[axis] + pads[axis + kernel.length] - more };
  });
  return { large, small, axes };
}

/** @throws {Error} If the run cannot tell what is cut. */
function halvedAtRun(node: NodeProto, more: number): "upper" | "lower" {
  if (more === 0) return stringAttribute(node, "auto_pad", "") === "SAME_UPPER" ? "upper" : "lower";
  throw new Error(
    `gradient: ${nodeLabel(node)} must have known sizes where output_shape goes with output_padding, got some that are not`,
  );
}
