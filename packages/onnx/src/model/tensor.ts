import { create } from "@bufbuild/protobuf";
import { tensorLabel } from "../labels/tensorLabel.js";
import { DataLocation, type TensorProto, TensorProtoSchema } from "./schema.js";
import {
  dataTypeOf,
  elementBytes,
  type TensorArrays,
  type TensorType,
  tensorTypeOf,
} from "./tensorType.js";

/** What `makeTensor` makes: a name, an element type, sizes, and the elements in row-major order. */
export interface TensorOptions<T extends TensorType> {
  readonly name: string;
  readonly type: T;
  readonly dims: readonly number[];
  readonly data: TensorArrays[T];
}

/** A tensor message that shares the bytes of `data`. ONNX stores little-endian, as every platform that runs JavaScript engines today. */
export function makeTensor<T extends TensorType>({
  name,
  type,
  dims,
  data,
}: TensorOptions<T>): TensorProto {
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return create(TensorProtoSchema, {
    name,
    dataType: dataTypeOf(type),
    dims: dims.map(BigInt),
    rawData: bytes,
  });
}

/** The elements of a tensor in row-major order, as a copy that is aligned for its array type. */
export type TensorData = { [T in TensorType]: { type: T; data: TensorArrays[T] } }[TensorType];

/**
 * Reads a tensor's elements, from its raw bytes or from its typed fields.
 * @throws {Error} If the element type is not one of `TensorType`, or the data is external or truncated.
 */
export function tensorData(tensor: TensorProto): TensorData {
  const type = tensorTypeOf(tensor.dataType);
  if (type === undefined) {
    throw new Error(
      `tensorData: ${tensorLabel(tensor)} must hold float32, float64, int32, int64, uint8, uint32 or bool, got data type ${tensor.dataType}`,
    );
  }
  if (tensor.dataLocation === DataLocation.EXTERNAL) {
    throw new Error(`tensorData: ${tensorLabel(tensor)} must hold its data, got external data`);
  }
  const { rawData } = tensor;
  const fields = rawData.length > 0 ? undefined : fromFields(type, tensor);
  const size = tensor.dims.reduce((product, dim) => product * Number(dim), 1);
  const given = fields?.data.length ?? rawData.length / (elementBytes(tensor.dataType) ?? 1);
  if (given !== size) {
    throw new Error(`tensorData: ${tensorLabel(tensor)} must have ${size} elements, got ${given}`);
  }
  return fields ?? fromRaw(type, rawData);
}

function fromRaw(type: TensorType, raw: Uint8Array): TensorData {
  // The decoder's bytes lie anywhere in the file; a typed array needs its own alignment. Node's Buffer
  // has a `slice` that copies nothing.
  const { buffer } = new Uint8Array(raw);
  switch (type) {
    case "float32":
      return { type, data: new Float32Array(buffer) };
    case "float64":
      return { type, data: new Float64Array(buffer) };
    case "int32":
      return { type, data: new Int32Array(buffer) };
    case "int64":
      return { type, data: new BigInt64Array(buffer) };
    case "uint32":
      return { type, data: new Uint32Array(buffer) };
    default:
      return { type, data: new Uint8Array(buffer) };
  }
}

function fromFields(type: TensorType, tensor: TensorProto): TensorData {
  switch (type) {
    case "float32":
      return { type, data: Float32Array.from(tensor.floatData) };
    case "float64":
      return { type, data: Float64Array.from(tensor.doubleData) };
    case "int32":
      return { type, data: Int32Array.from(tensor.int32Data) };
    case "int64":
      return { type, data: BigInt64Array.from(tensor.int64Data) };
    case "uint32":
      return { type, data: Uint32Array.from(tensor.uint64Data, Number) };
    default:
      return { type, data: Uint8Array.from(tensor.int32Data) };
  }
}
