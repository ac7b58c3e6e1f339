import { makeTensor } from "@dropoutkit/onnx/graph";
import { tooOld } from "../backward/tooOld.js";
import { arithmetic } from "./emit/arithmetic.js";
import { planes } from "./emit/planes.js";
import { reshapeLike } from "./emit/reshapeLike.js";
import { paddingOf, type WindowAxis, type Windows } from "./emit/windows.js";
import { type GradientContext, outputGradient } from "./GradientRule.js";

/** The most negative float32: what padding holds, so that it is never the largest. */
const LOWEST = -3.4028234663852886e38;

/**
 * The gradient of MaxPool before opset 16, where windows overlap. The largest of a window is the largest of
 * its rows' largest, so the pool is one along the last axis, then one along the axis before it, and so on; of
 * equal entries each takes the first, as the whole does. So the way back goes axis by axis, over windows of
 * one axis, where the entries of whole windows would take a kernel of their number squared.
 */
export function maxPoolByAxes(context: GradientContext, windows: Windows): string {
  const { builder, node, opset } = context;
  const [x] = node.input;
  const { axes } = windows;
  const padding = paddingOf(windows);
  if (padding === undefined) {
    throw tooOld(
      `gradient: tensor ${x} must have known sizes at opset ${opset}, got some that are not (opset 16 or later reads them at the run)`,
    );
  }
  const pads = [0, 0, ...padding.before, 0, 0, ...padding.after];
  const image = padded(context, planes(context, x, axes.length), { pads, value: LOWEST });
  const stages = [image];
  for (const axis of axes.slice(1).keys()) {
    const along = axes.length - 1 - axis;
    const attributes = alongAxis(context, axes, along);
    stages.push(builder.op("MaxPool", [stages[axis]], { attributes }));
  }
  const gradient = axes.reduce(
    (dy, _, axis) => byAxis(context, { axes, axis, dy, x: stages[axes.length - 1 - axis] }),
    planes(context, outputGradient(context), axes.length),
  );
  const cut = padded(context, gradient, { pads: pads.map((size) => -size), value: 0 });
  return reshapeLike(context, cut, x);
}

function padded(
  { builder, opset }: GradientContext,
  image: string,
  { pads, value }: { readonly pads: readonly number[]; readonly value: number },
): string {
  if (pads.every((size) => size === 0)) return image;
  return opset >= 11
    ? builder.op("Pad", [image, builder.ints(pads), builder.scalar("float32", value)])
    : builder.op("Pad", [image], { attributes: { pads, value: { float: value } } });
}

/** Windows along one axis; pools have dilations since opset 10. */
function alongAxis(
  { opset }: GradientContext,
  axes: readonly WindowAxis[],
  along: number,
): Readonly<Record<string, readonly number[]>> {
  const list = (key: "kernel" | "stride" | "dilation"): number[] =>
    axes.map((axis, i) => (i === along ? axis[key] : 1));
  return {
    kernel_shape: list("kernel"),
    strides: list("stride"),
    ...(opset >= 10 && { dilations: list("dilation") }),
  };
}

interface AxisOptions {
  readonly axes: readonly WindowAxis[];
  readonly axis: number;
  /** What was pooled along the axis, and the gradient with respect to what came out. */
  readonly x: string;
  readonly dy: string;
}

/** Lays the entries of each window side by side, looks for the first largest, and adds the gradients back to where the entries came from. */
function byAxis(context: GradientContext, { axes, axis, x, dy }: AxisOptions): string {
  const { builder, node } = context;
  const { kernel: count } = axes[axis];
  const space = axes.map((_, i) => (i === axis ? count : 1));
  const weights = builder.constant(
    makeTensor({
      name: builder.uniqueName("entries"),
      type: "float32",
      dims: [count, 1, ...space],
      data: Float32Array.from({ length: count ** 2 }, (_, i) => (i % (count + 1) === 0 ? 1 : 0)),
    }),
  );
  const places = builder.constant(
    makeTensor({
      name: builder.uniqueName("places"),
      type: "int64",
      dims: [count, ...axes.map(() => 1)],
      data: BigInt64Array.from({ length: count }, (_, i) => BigInt(i)),
    }),
  );
  const attributes = alongAxis({ ...context, opset: 10 }, axes, axis);
  const entries = builder.op("Conv", [x, weights], { attributes });
  const first = builder.op("ArgMax", [entries], { attributes: { axis: 1 } });
  const hit = builder.op("Equal", [first, places]);
  const taken = arithmetic(context, node.input[0]).select(hit, dy, 0);
  return builder.op("ConvTranspose", [taken, weights], { attributes });
}
