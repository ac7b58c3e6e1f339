import { makeTensor } from "@dropoutkit/onnx";
import { tooOld } from "../tooOld.js";
import { arithmetic } from "./emit/arithmetic.js";
import { gather } from "./emit/gather.js";
import { planes } from "./emit/planes.js";
import { reshapeLike } from "./emit/reshapeLike.js";
import { spread } from "./emit/spread.js";
import { paddingOf, type Windows } from "./emit/windows.js";
import { type GradientContext, outputGradient } from "./GradientRule.js";

/** The most negative float32: what padding holds, so that it is never the largest. */
const LOWEST = -3.4028234663852886e38;

/**
 * The gradient of MaxPool before opset 16, where windows overlap: lays the entries of each window side by
 * side, `[batch · channels, entries, ...places]`, looks for the first largest, and adds the gradients
 * back to where the entries came from.
 */
export function maxPoolByWindows(context: GradientContext, windows: Windows): string {
  const { builder, node, opset } = context;
  const [x] = node.input;
  const { axes } = windows;
  const kernel = axes.map((axis) => axis.kernel);
  const weights = entryKernels(context, kernel);
  const padding = paddingOf(windows);
  if (padding === undefined) {
    throw tooOld(
      `gradient: tensor ${x} must have known sizes at opset ${opset}, got some that are not (opset 16 or later reads them at the run)`,
    );
  }
  const pads = [0, 0, ...padding.before, 0, 0, ...padding.after];
  const image = planes(context, x, axes.length);
  const padded =
    opset >= 11
      ? builder.op("Pad", [image, builder.ints(pads), builder.scalar("float32", LOWEST)])
      : builder.op("Pad", [image], { attributes: { pads, value: { float: LOWEST } } });
  const inside: Windows = {
    ...windows,
    axes: axes.map((axis) => ({ ...axis, before: 0, over: 0 })),
  };
  const entries = gather(context, inside, { tensor: padded, weights, group: 1 });
  const first = builder.op("ArgMax", [entries], { attributes: { axis: 1 } });
  const { select } = arithmetic(context, x);
  const hit = builder.op("Equal", [first, places(context, kernel)]);
  const taken = select(hit, planes(context, outputGradient(context), axes.length), 0);
  const gradient = spread(context, windows, { tensor: taken, weights, group: 1 });
  return reshapeLike(context, gradient, x);
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** `[entries, 1, ...kernel]`: kernel i takes the entry i of a window. */
function entryKernels({ builder }: GradientContext, kernel: readonly number[]): string {
  const count = product(kernel);
  const name = builder.uniqueName("entries");
  const data = Float32Array.from({ length: count ** 2 }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
  return builder.constant(makeTensor({ name, type: "float32", dims: [count, 1, ...kernel], data }));
}

/** The numbers of a window's entries, `[entries, 1, ...]`. */
function places({ builder }: GradientContext, kernel: readonly number[]): string {
  const count = product(kernel);
  const name = builder.uniqueName("places");
  const data = BigInt64Array.from({ length: count }, (_, i) => BigInt(i));
  return builder.constant(
    makeTensor({ name, type: "int64", dims: [count, ...kernel.map(() => 1)], data }),
  );
}
