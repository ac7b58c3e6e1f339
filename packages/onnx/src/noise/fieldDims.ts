import {
  type BoundField,
  boundField,
  type Field,
  fieldShape,
  sharedAxes,
} from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { Dim } from "../model/valueInfo.js";

/** What a field is laid over: a tensor's sizes, and the batch's where the field is per example. */
export interface FieldTarget {
  /** The tensor, for messages. */
  readonly name: string;
  readonly dims: readonly Dim[];
  /** The int64 tensor with the sizes, when the model runs. */
  readonly shape: string;
  /** The batch's size, and the int64 tensor `[1]` that holds it when the model runs. */
  readonly batch?: { readonly dim: Dim; readonly size: string };
}

/**
 * Sizes of the field over a target; named sizes stay names.
 * @throws {RangeError} If the field does not fit the target.
 * @throws {TypeError} If a batch is needed and missing.
 */
export function fieldDims(owner: string, field: Field, { name, dims, batch }: FieldTarget): Dim[] {
  if (field.perExample && batch === undefined) {
    throw new TypeError(
      `${owner}: tensor ${name} must have a batch for a field per example, got none`,
    );
  }
  const shared = sharedAxes(owner, field, dims.length);
  const lead = dims.length - (field.noiseShape?.length ?? 0);
  // A named size fits whatever the noise shape says of it.
  const sizes = dims.map((dim, axis) =>
    typeof dim === "number" ? dim : (field.noiseShape?.[axis - lead] ?? 1),
  );
  fieldShape(owner, field, sizes, batch && 1);
  const own: Dim[] = dims.map((dim, axis) => (shared[axis] ? 1 : dim));
  if (field.perExample && batch) own.unshift(batch.dim);
  if (field.samples !== undefined) own.unshift(field.samples);
  return own;
}

/** The int64 tensor with a field's sizes, when the model runs. */
export function emitFieldShape(builder: GraphBuilder, field: Field, target: FieldTarget): string {
  const shared = sharedAxes("emitFieldShape", field, target.dims.length);
  const most = shared.map((one) => (one ? 1 : Number.MAX_SAFE_INTEGER));
  const own = shared.includes(true)
    ? builder.op("Min", [target.shape, builder.ints(most)])
    : target.shape;
  const front = [
    ...(field.samples === undefined ? [] : [builder.ints([field.samples])]),
    ...(field.perExample && target.batch ? [target.batch.size] : []),
  ];
  if (front.length === 0) return own;
  return builder.op("Concat", [...front, own], { attributes: { axis: 0 } });
}

/** The field as one over its own sizes, of which there are `rank`: they suffice to draw it. */
export function fieldOverItself(field: Field, rank: number): BoundField {
  const { draw, rate, grow, perExample, samples } = boundField("fieldOverItself", field);
  const lead = Number(perExample === true) + Number(samples !== undefined);
  const absolute = (axis: number): number => (axis < 0 ? axis + rank : axis + lead);
  return {
    draw,
    ...(rate !== undefined && { rate }),
    ...(grow && {
      grow: { size: grow.size, axes: [absolute(grow.axes[0]), absolute(grow.axes[1])] },
    }),
  };
}
