import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { DataType } from "../model/schema.js";
import type { TensorInfo } from "../model/valueInfo.js";

export interface MaskTypeOptions {
  readonly owner: string;
  /** What the mask is of, and what is known of it. */
  readonly x: string;
  readonly info: Pick<TensorInfo, "dataType"> | undefined;
}

/**
 * The element type of a `Dropout`'s mask: booleans since opset 10, before that what `x` holds.
 * @throws {Error} If that is not known.
 */
export function maskTypeOf(model: OnnxModel, { owner, x, info }: MaskTypeOptions): DataType {
  if (opsetOf(model) >= 10) return DataType.BOOL;
  if (info !== undefined) return info.dataType;
  throw new Error(`${owner}: tensor ${x} must have a known type for its mask, got none`);
}

/** The mask of a tensor of which nothing is dropped, from operators that all opsets have. */
export function emitKept(builder: GraphBuilder, x: string, type: DataType): string {
  const some = builder.op("Cast", [x], { attributes: { to: DataType.BOOL } });
  const kept = builder.op("Or", [some, builder.op("Not", [some])]);
  return type === DataType.BOOL ? kept : builder.op("Cast", [kept], { attributes: { to: type } });
}
