import type { GraphBuilder, NodeOptions } from "./GraphBuilder.js";

/** Cuts `x` along an axis into pieces of the given sizes; sizes became an input with opset 13. */
export function emitSplit(
  builder: GraphBuilder,
  x: string,
  { opset, sizes, axis }: { opset: number; sizes: readonly number[]; axis: number },
): readonly string[] {
  const outputs = sizes.map(() => builder.uniqueName("Split"));
  return opset < 13
    ? builder.ops("Split", [x], { attributes: { axis, split: sizes }, outputs })
    : builder.ops("Split", [x, builder.ints(sizes)], { attributes: { axis }, outputs });
}

interface AxesOptions extends NodeOptions {
  readonly opset: number;
  readonly axes: readonly number[];
}

/** Gives `x` axes of size 1. */
export const emitUnsqueeze = (builder: GraphBuilder, x: string, options: AxesOptions): string =>
  emitAxes(builder, { opType: "Unsqueeze", x }, options);

/** Takes axes of size 1 from `x`. */
export const emitSqueeze = (builder: GraphBuilder, x: string, options: AxesOptions): string =>
  emitAxes(builder, { opType: "Squeeze", x }, options);

/** Axes became an input with opset 13. */
const emitAxes = (
  builder: GraphBuilder,
  { opType, x }: { readonly opType: string; readonly x: string },
  { opset, axes, ...options }: AxesOptions,
): string =>
  opset < 13
    ? builder.op(opType, [x], { ...options, attributes: { axes } })
    : builder.op(opType, [x, builder.ints(axes)], options);
