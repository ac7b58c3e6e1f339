import { intAttribute, intsAttribute, stringAttribute } from "../../model/attribute.js";
import type { NodeProto } from "../../model/schema.js";
import { ceilDivide, floorDivide, type MaybeDim, minus, plus, times } from "../dims.js";

/** How a window moves over the axes of space: an entry an axis, but `pads`, which has starts and then ends. */
export interface Window {
  readonly kernel: readonly MaybeDim[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly autoPad: string;
}

/** A node's window; `weights` are the sizes of a kernel that no attribute gives. */
export function windowOf(node: NodeProto, weights?: readonly MaybeDim[]): Window | undefined {
  const kernel = intsAttribute(node, "kernel_shape") ?? weights;
  if (kernel === undefined) return undefined;
  const ones = kernel.map(() => 1);
  return {
    kernel,
    strides: intsAttribute(node, "strides") ?? ones,
    dilations: intsAttribute(node, "dilations") ?? ones,
    pads: intsAttribute(node, "pads") ?? [...ones, ...ones].fill(0),
    autoPad: stringAttribute(node, "auto_pad", "NOTSET"),
  };
}

/** How many places a window has along each axis of space. */
export function countPlaces(
  space: readonly MaybeDim[],
  { kernel, strides, dilations, pads, autoPad }: Window,
  ceil = false,
): MaybeDim[] | undefined {
  const rank = space.length;
  const lists = [kernel, strides, dilations];
  if (lists.some((list) => list.length !== rank) || pads.length !== 2 * rank) return undefined;
  return space.map((size, axis) => {
    const stride = strides[axis];
    if (autoPad.startsWith("SAME")) return ceilDivide(size, stride);
    const [before, after] = autoPad === "VALID" ? [0, 0] : [pads[axis], pads[axis + rank]];
    const reach = plus(times(minus(kernel[axis], 1), dilations[axis]), 1);
    const room = minus(plus(size, before + after), reach);
    const places = plus(ceil ? ceilDivide(room, stride) : stepsIn(room, stride), 1);
    if (!ceil) return places;
    // The last window must begin inside the values or the padding before them.
    if (typeof size !== "number" || typeof places !== "number") return undefined;
    return (places - 1) * stride >= size + before ? places - 1 : places;
  });
}

/**
 * Whole steps in some room. Where the window is larger than the values the room is negative, and ONNX's own inference
 * and its runtimes round it towards 0.
 */
const stepsIn = (room: MaybeDim, stride: number): MaybeDim =>
  typeof room === "number" ? Math.trunc(room / stride) + 0 : floorDivide(room, stride);

/** The sizes that a transposed convolution makes. */
export function spreadPlaces(
  node: NodeProto,
  space: readonly MaybeDim[],
  { kernel, strides, dilations, pads, autoPad }: Window,
): readonly MaybeDim[] | undefined {
  const rank = space.length;
  const given = intsAttribute(node, "output_shape");
  if (given !== undefined) return given.slice(-rank);
  const lists = [kernel, strides, dilations];
  if (lists.some((list) => list.length !== rank) || pads.length !== 2 * rank) return undefined;
  const extra = intsAttribute(node, "output_padding");
  return space.map((size, axis) => {
    const stride = strides[axis];
    if (autoPad.startsWith("SAME")) return times(size, stride);
    const cut = autoPad === "VALID" ? 0 : pads[axis] + pads[axis + rank];
    const reach = plus(times(minus(kernel[axis], 1), dilations[axis]), 1);
    const grown = plus(plus(times(minus(size, 1), stride), reach), extra?.[axis] ?? 0);
    return minus(grown, cut);
  });
}

/** The attribute by which sizes are rounded up. */
export const roundsUp = (node: NodeProto): boolean => intAttribute(node, "ceil_mode", 0) === 1;
