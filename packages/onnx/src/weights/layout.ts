import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { makeTensor } from "../model/tensor.js";
import type { Dim } from "../model/valueInfo.js";

/** How a weight lies in a model, seen from the layout that its field is drawn in (docs/mask-contract.md, section 5). */
export interface Layout {
  /** Axes of the stored weight, in the field's order. */
  readonly order: readonly number[];
  /** Entries along the stored weight's axis 1, in the field's order, where these differ. */
  readonly rows?: readonly number[];
}

/** The layout of a weight that lies as its field is drawn. */
export const asStored = (rank: number): Layout => ({ order: axes(rank) });

const axes = (rank: number): number[] => Array.from({ length: rank }, (_, axis) => axis);

/** The sizes of a stored weight, in the field's order. */
export const drawnDims = ({ order }: Layout, dims: readonly Dim[]): Dim[] =>
  order.map((axis) => dims[axis]);

/** The stored weight in the layout of its field. */
export function toDrawn(builder: GraphBuilder, weight: string, { order, rows }: Layout): string {
  return transpose(builder, rows ? gather(builder, weight, rows) : weight, order);
}

/** The inverse, of a weight or of one for each example, which has `lead` = 1 axis in front. */
export function toStored(
  builder: GraphBuilder,
  weight: string,
  { layout: { order, rows }, lead = 0 }: { readonly layout: Layout; readonly lead?: 0 | 1 },
): string {
  const back = [...axes(lead), ...inverse(order).map((axis) => axis + lead)];
  const stored = transpose(builder, weight, back);
  return rows ? gather(builder, stored, inverse(rows)) : stored;
}

const inverse = (order: readonly number[]): number[] =>
  axes(order.length).map((axis) => order.indexOf(axis));

function transpose(builder: GraphBuilder, x: string, perm: readonly number[]): string {
  const isSame = perm.every((from, axis) => from === axis);
  return isSame ? x : builder.op("Transpose", [x], { attributes: { perm } });
}

function gather(builder: GraphBuilder, x: string, rows: readonly number[]): string {
  const data = BigInt64Array.from(rows, BigInt);
  const name = builder.uniqueName("rows");
  const indices = makeTensor({ name, type: "int64", dims: [rows.length], data });
  return builder.op("Gather", [x, builder.constant(indices)], { attributes: { axis: 1 } });
}
