import { DataType, slice, stringAttribute } from "@dropoutkit/onnx/graph";
import type { GradientContext } from "../GradientRule.js";
import { arithmetic } from "./arithmetic.js";
import { type ResizedAxis, resizeRows } from "./resizeRows.js";
import { scalarLike } from "./scalarLike.js";
import { sizeAt } from "./sizeAt.js";

/** Neighbours that an entry is interpolated from. */
const NEIGHBOURS: Readonly<Record<string, number>> = { nearest: 1, linear: 2, cubic: 4 };

/**
 * The gradient of a Resize along an axis from that by its output, entry by entry. An entry is a weighted sum
 * of m neighbours, one of each remainder by m. So the node itself, on ones at the places of one remainder,
 * says the weight of that neighbour, and on the places' quotients by m, which neighbour it is.
 */
export function resizeByEntries(
  context: GradientContext,
  resized: ResizedAxis,
  dy: string,
): string {
  const { builder, node, info } = context;
  const [x] = node.input;
  const { axis } = resized;
  const { weights, places } = neighbours(context, resized);
  const rank = info(x).dims.length;
  const perm = Array.from({ length: rank }, (_, at) => at);
  [perm[axis], perm[rank - 1]] = [rank - 1, axis];
  const turn = (tensor: string): string =>
    axis === rank - 1 ? tensor : builder.op("Transpose", [tensor], { attributes: { perm } });
  const reshape = (tensor: string, ...shape: number[]): string =>
    builder.op("Reshape", [tensor, builder.ints(shape)]);
  const joined = (...parts: string[]): string =>
    builder.op("Concat", parts, { attributes: { axis: 0 } });
  const size = sizeAt(context, x, axis);
  const turned = turn(dy);
  const count = sizeAt(context, context.output(0), axis);
  // [rows, 1, resized size] times [neighbours, resized size].
  const rows = builder.op("Reshape", [turned, joined(builder.ints([-1, 1]), count)]);
  const shares = reshape(builder.op("Mul", [rows, weights]), 0, -1);
  const shape = builder.op("Shape", [shares]);
  const number = slice(context, shape, { axes: [0], starts: [0], ends: [1] });
  const sums = builder.op(
    "ScatterElements",
    [
      builder.op("Expand", [scalarLike(context, x, 0), joined(number, size)]),
      builder.op("Expand", [reshape(places, 1, -1), shape]),
      shares,
    ],
    { attributes: { axis: 1, reduction: "add" } },
  );
  const outer = slice(context, builder.op("Shape", [turned]), {
    axes: [0],
    starts: [0],
    ends: [rank - 1],
  });
  return turn(builder.op("Reshape", [sums, joined(outer, size)]));
}

/** The weights of the neighbours of each entry, and their places, both `[neighbours, resized size]`. */
function neighbours(
  context: GradientContext,
  resized: ResizedAxis,
): { readonly weights: string; readonly places: string } {
  const { builder, node, info } = context;
  const [x] = node.input;
  const count = NEIGHBOURS[stringAttribute(node, "mode", "nearest")];
  const { indicator, mul, quotient, map } = arithmetic(context, x);
  const number = (value: number): string => builder.scalar("int64", value);
  const size = builder.op("Squeeze", [sizeAt(context, x, resized.axis)]);
  const own = builder.op("Range", [number(0), size, number(1)]);
  const remainders = builder.op("Reshape", [
    builder.ints(Array.from({ length: count }, (_, remainder) => remainder)),
    builder.ints([count, 1]),
  ]);
  const remainder = builder.op("Mod", [own, number(count)]);
  const ones = indicator(builder.op("Equal", [remainder, remainders]));
  const { dataType: to } = info(x);
  const quotients = builder.op("Cast", [builder.op("Div", [own, number(count)])], {
    attributes: { to },
  });
  const rows = builder.op("Concat", [ones, mul(ones, quotients)], { attributes: { axis: 0 } });
  const sums = resizeRows(context, resized, rows);
  const part = (start: number): string =>
    slice(context, sums, { axes: [0], starts: [start], ends: [start + count] });
  const weights = part(0);
  const block = builder.op("Cast", [map("Round", quotient(part(count), weights))], {
    attributes: { to: DataType.INT64 },
  });
  const place = builder.op("Add", [builder.op("Mul", [block, number(count)]), remainders]);
  // Where a weight is 0 the place is of no account, but must be one.
  const last = builder.op("Sub", [size, number(1)]);
  return { weights, places: builder.op("Min", [place, last]) };
}
