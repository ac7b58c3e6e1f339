import { type FieldPlan, type Shape, sizeOf } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { DataType } from "../model/schema.js";

export interface GrownOptions {
  /** The boolean field of seeds, false where a block starts, and its sizes: those before the grown axes decide nothing. */
  readonly seeds: string;
  readonly drawn: Shape;
  /** The int64 tensor with the grown field's sizes. */
  readonly shape: string;
  readonly grow: NonNullable<FieldPlan["grow"]>;
  /** Name of the boolean tensor that is made. */
  readonly output: string;
}

/**
 * Grows dropped seeds to blocks. With `size - 1` entries of padding on both sides, the maximum over `size`
 * entries is that of all seeds whose blocks cover an entry. A pass for each axis over
 * `[before, 1, axis, behind]` serves channels first and last, and any number of axes.
 */
export function emitGrown(
  builder: GraphBuilder,
  { seeds, drawn, shape, grow: { size, axes }, output }: GrownOptions,
): void {
  const cast = (x: string, to: DataType): string => builder.op("Cast", [x], { attributes: { to } });
  const pads = [size - 1, 0, size - 1, 0];
  const attributes = { kernel_shape: [size, 1], pads };
  let dropped = cast(builder.op("Not", [seeds]), DataType.FLOAT);
  for (let axis = axes[0]; axis <= axes[1]; axis++) {
    const lines = builder.ints([-1, 1, drawn[axis], sizeOf(drawn.slice(axis + 1))]);
    dropped = builder.op("MaxPool", [builder.op("Reshape", [dropped, lines])], { attributes });
  }
  const kept = builder.op("Not", [cast(dropped, DataType.BOOL)]);
  builder.op("Reshape", [kept, shape], { outputs: [output], name: output });
}
