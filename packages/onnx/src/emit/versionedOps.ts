import type { AttributeValue } from "../model/attribute.js";
import type { GraphBuilder, NodeOptions } from "./GraphBuilder.js";

/** Where nodes are written, and the version of the standard operators that they are of. */
export interface VersionedBuilder {
  readonly builder: GraphBuilder;
  readonly opset: number;
}

/** Adds axes of size 1, counted in the result. */
export const unsqueeze = (
  at: VersionedBuilder,
  tensor: string,
  axes: readonly number[],
  options?: NodeOptions,
): string => withAxes(at, { opType: "Unsqueeze", tensor, axes }, options);

/** Takes away axes of size 1. */
export const squeeze = (
  at: VersionedBuilder,
  tensor: string,
  axes: readonly number[],
  options?: NodeOptions,
): string => withAxes(at, { opType: "Squeeze", tensor, axes }, options);

/** No axes leave the tensor as it is, unless its result has a name. */
const withAxes = (
  at: VersionedBuilder,
  { opType, tensor, axes }: { opType: string; tensor: string; axes: readonly number[] },
  options: NodeOptions = {},
): string =>
  axes.length === 0 && options.outputs === undefined
    ? tensor
    : withList(at, { opType, tensor, lists: { axes }, since: 13 }, options)[0];

/** Cuts a tensor along an axis into parts of these sizes. */
export const split = (
  at: VersionedBuilder,
  { tensor, axis, sizes }: { tensor: string; axis: number; sizes: readonly number[] },
): readonly string[] =>
  withList(
    at,
    { opType: "Split", tensor, lists: { split: sizes }, since: 13 },
    { attributes: { axis }, outputs: sizes.map(() => at.builder.uniqueName("part")) },
  );

/** Operators that reduce axes, and the opset at which their axes became an input. */
const axesAsInput = {
  ReduceMax: 18,
  ReduceMean: 18,
  ReduceMin: 18,
  ReduceProd: 18,
  ReduceSum: 13,
} as const;

export interface ReduceOptions extends Pick<NodeOptions, "name" | "outputs"> {
  readonly tensor: string;
  readonly axes: readonly number[];
  /** Whether the axes stay, with size 1. Default: true. */
  readonly keep?: boolean;
}

/** Reduces the named axes; none of them leaves the tensor as it is. */
export function reduce(
  at: VersionedBuilder,
  opType: keyof typeof axesAsInput,
  { tensor, axes, keep = true, ...named }: ReduceOptions,
): string {
  if (axes.length === 0) return tensor;
  const options = { ...named, attributes: { keepdims: keep ? 1 : 0 } };
  return withList(at, { opType, tensor, lists: { axes }, since: axesAsInput[opType] }, options)[0];
}

export interface SliceOptions {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** From opset 10 on. */
  readonly steps?: readonly number[];
}

/** A part of a tensor. */
export const slice = (
  at: VersionedBuilder,
  tensor: string,
  { axes, starts, ends, steps }: SliceOptions,
): string => {
  const lists = { starts, ends, axes, ...(steps && { steps }) };
  return withList(at, { opType: "Slice", tensor, lists, since: 10 })[0];
};

/** Puts zeros before and after the axes of a tensor: `[...before, ...after]`. */
export const padZeros = (at: VersionedBuilder, tensor: string, pads: readonly number[]): string =>
  pads.every((size) => size === 0)
    ? tensor
    : withList(at, { opType: "Pad", tensor, lists: { pads }, since: 11 })[0];

interface WithList {
  readonly opType: string;
  readonly tensor: string;
  /** Lists of integers by the names of their attributes, in the order of the inputs that they became. */
  readonly lists: Readonly<Record<string, readonly number[]>>;
  /** The opset at which they became inputs. */
  readonly since: number;
}

/** A node of one tensor and lists of integers, which are attributes in old opsets. */
function withList(
  { builder, opset }: VersionedBuilder,
  { opType, tensor, lists, since }: WithList,
  options: NodeOptions = {},
): readonly string[] {
  if (opset < since) {
    const attributes: Record<string, AttributeValue> = { ...options.attributes, ...lists };
    return builder.ops(opType, [tensor], { ...options, attributes });
  }
  const inputs = Object.values(lists).map((list) => builder.ints(list));
  return builder.ops(opType, [tensor, ...inputs], options);
}

export interface ClipOptions {
  readonly tensor: string;
  readonly min?: number;
  readonly max?: number;
}

/** The entries of a float32 tensor, held between two numbers. The bounds became inputs at opset 11. */
export function clip(
  { builder, opset }: VersionedBuilder,
  { tensor, min, max }: ClipOptions,
): string {
  if (opset >= 11) {
    const bounds = [min, max].map((bound) =>
      bound === undefined ? "" : builder.scalar("float32", bound),
    );
    return builder.op("Clip", [tensor, ...bounds]);
  }
  const attributes = {
    ...(min === undefined ? {} : { min: { float: min } }),
    ...(max === undefined ? {} : { max: { float: max } }),
  };
  return builder.op("Clip", [tensor], { attributes });
}
