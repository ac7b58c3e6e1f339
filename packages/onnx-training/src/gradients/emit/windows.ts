import { type Dim, type NodeProto, nodeLabel, type Window, windowOf } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../EmitContext.js";

/** How windows lie on the larger of two tensors `[batch, channels, ...space]`, one for each place of the smaller. */
export interface Windows {
  readonly large: string;
  readonly small: string;
  readonly axes: readonly WindowAxis[];
}

export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Entries of padding before the large tensor; "upper" and "lower" halve what windows reach over, and the odd one goes after or before. */
  readonly before: number | "upper" | "lower";
  /** Entries that windows reach over the large tensor's size, negative where some are in no window; undefined where only the run tells. */
  readonly over: number | undefined;
}

export interface WindowsOptions {
  readonly node: NodeProto;
  readonly large: string;
  readonly small: string;
  /** Sizes of a kernel that no attribute gives. */
  readonly weights?: readonly Dim[];
}

/** The windows of a convolution or a pooling node, of which the large tensor is the input. */
export function windowsOf(context: EmitContext, options: WindowsOptions): Windows {
  const { large, small } = options;
  const [sizes, places] = [large, small].map((tensor) => context.info(tensor).dims.slice(2));
  const { window, kernel } = kernelOf(options);
  const { strides, dilations, pads, autoPad } = window;
  const axes = kernel.map((size, axis): WindowAxis => {
    const reach = (size - 1) * dilations[axis] + 1;
    const padding = autoPad === "VALID" ? 0 : pads[axis] + pads[axis + kernel.length];
    const stepless = strides[axis] === 1;
    const [whole, count] = [sizes[axis], places[axis]];
    const isKnown = typeof whole === "number" && typeof count === "number";
    const ifStepless = autoPad.startsWith("SAME") ? reach - 1 : padding;
    return {
      kernel: size,
      stride: strides[axis],
      dilation: dilations[axis],
      before: beforeOf(window, axis),
      over: isKnown
        ? (count - 1) * strides[axis] + reach - whole
        : stepless
          ? ifStepless
          : undefined,
    };
  });
  return { large, small, axes };
}

/** A node's window, with a kernel of known sizes. */
export function kernelOf({ node, weights }: Pick<WindowsOptions, "node" | "weights">): {
  readonly window: Window;
  readonly kernel: readonly number[];
} {
  const window = windowOf(node, weights);
  const kernel = window?.kernel.filter((size) => typeof size === "number");
  if (window === undefined || kernel?.length !== window.kernel.length) {
    throw new Error(
      `gradient: ${nodeLabel(node)} must have a kernel of known sizes, got [${window?.kernel.join(", ") ?? ""}]`,
    );
  }
  return { window, kernel };
}

function beforeOf({ autoPad, pads }: Window, axis: number): WindowAxis["before"] {
  if (autoPad === "SAME_UPPER") return "upper";
  if (autoPad === "SAME_LOWER") return "lower";
  return autoPad === "VALID" ? 0 : pads[axis];
}

/** Entries before the large tensor that windows reach over; undefined where only the run tells. */
function startOf({ before, over }: WindowAxis): number | undefined {
  if (typeof before === "number") return before;
  if (over === undefined) return undefined;
  const total = Math.max(over, 0);
  return before === "upper" ? Math.floor(total / 2) : Math.ceil(total / 2);
}

/** Padding before and after, the latter negative where entries are in no window; undefined where only the run tells. */
export function paddingOf({ axes }: Windows): { before: number[]; after: number[] } | undefined {
  const before = axes.map(startOf).filter((start) => start !== undefined);
  const after = axes.flatMap(({ over }, i) => (over === undefined ? [] : [over - before[i]]));
  return before.length < axes.length || after.length < axes.length ? undefined : { before, after };
}

/** The attributes of a convolution, transposed or not, that has these windows; padding is apart. */
export const convolutionOf = (
  { axes }: Windows,
  group: number,
): Readonly<Record<string, number | readonly number[]>> => ({
  group,
  kernel_shape: axes.map(({ kernel }) => kernel),
  strides: axes.map(({ stride }) => stride),
  dilations: axes.map(({ dilation }) => dilation),
});
