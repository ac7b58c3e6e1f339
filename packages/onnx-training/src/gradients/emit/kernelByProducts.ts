import { slice, unsqueeze } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../EmitContext.js";
import { reshapeLike } from "./reshapeLike.js";
import { paddingOf, type Windows } from "./windows.js";

/**
 * With fewer channels the convolution of `kernelGradient` is faster: it does one channel of the large
 * tensor after the other, and so its time grows with them, where a product's hardly does.
 */
const LEAST_CHANNELS = 16;
/** Entries of a kernel, each of them a product of its own. */
const MOST_ENTRIES = 32;

/** Whether a kernel's gradient is better written as a product for each entry; slices have strides and padding is an input since opset 11. */
export function fitsProducts(
  { info, opset }: EmitContext,
  windows: Windows,
  group: number,
): boolean {
  const { large, small, axes } = windows;
  const [, channels, ...space] = info(large).dims;
  const entries = axes.reduce((count, { kernel }) => count * kernel, 1);
  return (
    opset >= 11 &&
    group === 1 &&
    entries <= MOST_ENTRIES &&
    typeof channels === "number" &&
    channels >= LEAST_CHANNELS &&
    [...space, ...info(small).dims.slice(1)].every((size) => typeof size === "number")
  );
}

/** The gradient with respect to a kernel, entry by entry: the small tensor times what this entry of all windows saw, `[outputs, channels]`. */
export function kernelByProducts(
  context: EmitContext,
  { small: places, axes, ...windows }: Windows,
  { large, small, weights }: Readonly<Record<"large" | "small" | "weights", string>>,
): string {
  const { builder, info } = context;
  const space = axes.map((_, axis) => axis + 2);
  const rows = (tensor: string): string =>
    builder.op("Flatten", [tensor], { attributes: { axis: 1 } });
  const turn = (tensor: string): string =>
    builder.op("Transpose", [tensor], { attributes: { perm: [1, 0, ...space] } });
  const counts = info(places).dims.slice(2).map(Number);
  const images = turn(padded(context, { small: places, axes, ...windows }, large));
  const outputs = rows(turn(small));
  const products = offsetsOf(axes.map(({ kernel }) => kernel)).map((offsets) => {
    const starts = axes.map(({ dilation }, axis) => offsets[axis] * dilation);
    const seen = slice(context, images, {
      axes: space,
      starts,
      ends: axes.map(({ stride }, axis) => starts[axis] + (counts[axis] - 1) * stride + 1),
      steps: axes.map(({ stride }) => stride),
    });
    const product = builder.op("Gemm", [outputs, rows(seen)], { attributes: { transB: 1 } });
    return unsqueeze(context, product, [2]);
  });
  const entries = builder.op("Concat", products, { attributes: { axis: 2 } });
  return reshapeLike(context, entries, weights);
}

function padded(context: EmitContext, windows: Windows, large: string): string {
  const { builder } = context;
  const padding = paddingOf(windows);
  const after = padding?.after.map((count) => Math.max(count, 0)) ?? [];
  const pads = [0, 0, ...(padding?.before ?? []), 0, 0, ...after];
  return pads.some((count) => count > 0) ? builder.op("Pad", [large, builder.ints(pads)]) : large;
}

/** All places of a kernel, the last axis fastest. */
const offsetsOf = (kernel: readonly number[]): readonly (readonly number[])[] =>
  kernel.reduce<readonly (readonly number[])[]>(
    (places, size) =>
      places.flatMap((place) => Array.from({ length: size }, (_, offset) => [...place, offset])),
    [[]],
  );
