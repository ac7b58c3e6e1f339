import { slice } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../EmitContext.js";
import { filledLike } from "./filledLike.js";
import { fitsProducts, kernelByProducts } from "./kernelByProducts.js";
import { runtimePadding } from "./runtimePadding.js";
import { paddingOf, type Windows } from "./windows.js";

export interface KernelGradientOptions {
  /** The tensor that windows are cut out of, `[batch, channels, ...space]`. */
  readonly large: string;
  /** The tensor with an entry for each window, `[batch, channels, ...places]`. */
  readonly small: string;
  /** `[channels of small, channels of large / group, ...kernel]`. */
  readonly weights: string;
  readonly group: number;
}

/**
 * The gradient with respect to a kernel: `Σ small[place] · large[entry of its window]` over batch and places, for each
 * pair of channels. That is a convolution with batch and channels exchanged, which reads `small` as its
 * kernel; its dilations are the strides, and its strides the dilations.
 */
export function kernelGradient(
  context: EmitContext,
  windows: Windows,
  { large, small, weights, group }: KernelGradientOptions,
): string {
  const { builder, info } = context;
  const { axes } = windows;
  if ([windows.large, windows.small].some((tensor) => info(tensor).dims.includes(0))) {
    return filledLike(context, weights, 0);
  }
  if (fitsProducts(context, windows, group)) {
    return kernelByProducts(context, windows, { large, small, weights });
  }
  const padding = paddingOf(windows);
  const padded =
    padding === undefined ? builder.op("Pad", [large, runtimePadding(context, windows)]) : large;
  const { before, after } = padding ?? { before: axes.map(() => 0), after: axes.map(() => 0) };
  const space = axes.map((_, axis) => axis + 2);
  const turn = (tensor: string): string =>
    builder.op("Transpose", [tensor], { attributes: { perm: [1, 0, ...space] } });
  const images =
    group === 1 ? turn(padded) : groupsInBatch(context, windows, { padded, weights, group });
  const correlated = builder.op("Conv", [images, turn(small)], {
    attributes: {
      group,
      strides: axes.map(({ dilation }) => dilation),
      dilations: axes.map(({ stride }) => stride),
      pads: [...before, ...after.map((count) => Math.max(count, 0))],
    },
  });
  // Entries that no window reaches give more places than the kernel has.
  const isLonger = axes.some(({ dilation }, axis) => -after[axis] >= dilation);
  const own = {
    axes: space,
    starts: space.map(() => 0),
    ends: axes.map(({ kernel }) => kernel),
  };
  return turn(isLonger ? slice(context, correlated, own) : correlated);
}

/** `[batch, group · channels, ...space]` as `[channels, group · batch, ...space]`. */
function groupsInBatch(
  context: EmitContext,
  { large, axes }: Windows,
  {
    padded,
    weights,
    group,
  }: { readonly padded: string; readonly weights: string; readonly group: number },
): string {
  const { builder, info } = context;
  const channels = info(weights).dims[1];
  if (typeof channels !== "number") {
    throw new Error(
      `gradient: kernel ${weights} must have known sizes, got [${info(weights).dims.join(", ")}]`,
    );
  }
  const apart = builder.op("Reshape", [padded, builder.ints([0, group, channels, -1])]);
  const turned = builder.op("Transpose", [apart], { attributes: { perm: [2, 1, 0, 3] } });
  const space = info(large).dims.slice(2);
  const isKnown = padded === large && space.every((size) => typeof size === "number");
  const target = isKnown
    ? builder.ints([channels, -1, ...space])
    : builder.op(
        "Concat",
        [
          builder.ints([channels, -1]),
          slice(context, builder.op("Shape", [padded]), {
            axes: [0],
            starts: [2],
            ends: [axes.length + 2],
          }),
        ],
        { attributes: { axis: 0 } },
      );
  return builder.op("Reshape", [turned, target]);
}
