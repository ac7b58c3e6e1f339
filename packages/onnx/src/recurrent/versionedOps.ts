import type { GraphBuilder, NodeOptions } from "../GraphBuilder.js";

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

/** Gives `x` an axis of size 1; axes became an input with opset 13. */
export function emitUnsqueeze(
  builder: GraphBuilder,
  x: string,
  { opset, axis, ...options }: { opset: number; axis: number } & NodeOptions,
): string {
  return opset < 13
    ? builder.op("Unsqueeze", [x], { ...options, attributes: { axes: [axis] } })
    : builder.op("Unsqueeze", [x, builder.ints([axis])], options);
}
