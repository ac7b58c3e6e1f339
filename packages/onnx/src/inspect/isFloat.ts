import { DataType } from "../model/schema.js";
import type { TensorInfo } from "../model/valueInfo.js";

/** True for a tensor that is known to hold floats. */
export const isFloat = (info: Pick<TensorInfo, "dataType"> | undefined): boolean =>
  info !== undefined && floats.includes(info.dataType);

const floats: readonly number[] = [
  DataType.FLOAT,
  DataType.DOUBLE,
  DataType.FLOAT16,
  DataType.BFLOAT16,
];
