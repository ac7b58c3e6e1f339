import { DataType } from "./schema.js";

/** Element types by the names that onnxruntime gives them, and the arrays that hold them. */
export interface TensorArrays {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint32: Uint32Array;
  bool: Uint8Array;
}
export type TensorType = keyof TensorArrays;

const dataTypes: { readonly [T in TensorType]: DataType } = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  int32: DataType.INT32,
  int64: DataType.INT64,
  uint8: DataType.UINT8,
  uint32: DataType.UINT32,
  bool: DataType.BOOL,
};

export const dataTypeOf = (type: TensorType): DataType => dataTypes[type];

/** The name of an element type; undefined for one that this package does not compute with. */
export function tensorTypeOf(dataType: number): TensorType | undefined {
  for (const type in dataTypes) {
    if (isTensorType(type) && dataTypes[type] === dataType) return type;
  }
  return undefined;
}

const isTensorType = (type: string): type is TensorType => type in dataTypes;

const bytesOfTypes: readonly (readonly [bytes: number, types: readonly DataType[]])[] = [
  [1, [DataType.BOOL, DataType.UINT8, DataType.INT8]],
  [2, [DataType.FLOAT16, DataType.BFLOAT16, DataType.UINT16, DataType.INT16]],
  [4, [DataType.FLOAT, DataType.INT32, DataType.UINT32]],
  [8, [DataType.DOUBLE, DataType.INT64, DataType.UINT64, DataType.COMPLEX64]],
  [16, [DataType.COMPLEX128]],
];

/** Bytes of an element in raw data; undefined for types whose elements are no whole bytes, such as strings. */
export const elementBytes = (dataType: number): number | undefined =>
  bytesOfTypes.find(([, types]) => types.some((type) => type === dataType))?.[0];
