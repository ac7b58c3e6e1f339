import { DataLocation, DataType, type TensorProto } from "../model/schema.js";

/** How a type's elements lie in raw bytes, and in the fields of a message. */
interface Format {
  readonly bytes: number;
  readonly raw: (buffer: ArrayBuffer) => ArrayLike<number | bigint>;
  readonly fields: (tensor: TensorProto) => ArrayLike<number | bigint>;
  /** The number that an entry stands for, where it is not one. */
  readonly decode?: (entry: number | bigint) => number;
}

const int32Data = (tensor: TensorProto): readonly number[] => tensor.int32Data;
const uint64Data = (tensor: TensorProto): readonly bigint[] => tensor.uint64Data;
const words = (buffer: ArrayBuffer): Uint16Array => new Uint16Array(buffer);
const bytes = (buffer: ArrayBuffer): Uint8Array => new Uint8Array(buffer);

const formats: Readonly<Partial<Record<DataType, Format>>> = {
  [DataType.FLOAT]: {
    bytes: 4,
    raw: (buffer) => new Float32Array(buffer),
    fields: ({ floatData }) => floatData,
  },
  [DataType.DOUBLE]: {
    bytes: 8,
    raw: (buffer) => new Float64Array(buffer),
    fields: ({ doubleData }) => doubleData,
  },
  [DataType.FLOAT16]: { bytes: 2, raw: words, fields: int32Data, decode: float16 },
  [DataType.BFLOAT16]: { bytes: 2, raw: words, fields: int32Data, decode: bfloat16 },
  [DataType.INT8]: { bytes: 1, raw: (buffer) => new Int8Array(buffer), fields: int32Data },
  [DataType.INT16]: { bytes: 2, raw: (buffer) => new Int16Array(buffer), fields: int32Data },
  [DataType.INT32]: { bytes: 4, raw: (buffer) => new Int32Array(buffer), fields: int32Data },
  [DataType.INT64]: {
    bytes: 8,
    raw: (buffer) => new BigInt64Array(buffer),
    fields: ({ int64Data }) => int64Data,
    decode: Number,
  },
  [DataType.BOOL]: { bytes: 1, raw: bytes, fields: int32Data },
  [DataType.UINT8]: { bytes: 1, raw: bytes, fields: int32Data },
  [DataType.UINT16]: { bytes: 2, raw: words, fields: int32Data },
  [DataType.UINT32]: {
    bytes: 4,
    raw: (buffer) => new Uint32Array(buffer),
    fields: uint64Data,
    decode: Number,
  },
  [DataType.UINT64]: {
    bytes: 8,
    raw: (buffer) => new BigUint64Array(buffer),
    fields: uint64Data,
    decode: Number,
  },
};

/**
 * A tensor's elements as numbers, in row-major order, whatever type of numbers it holds; 64-bit integers beyond 2^53
 * nearly. Undefined where they are not there to read: strings, types below a byte, data in other files, and data that
 * does not fit the sizes.
 */
export function elementsOf(tensor: TensorProto): readonly number[] | undefined {
  const format = formats[tensor.dataType as DataType];
  if (format === undefined || tensor.dataLocation === DataLocation.EXTERNAL) return undefined;
  const size = tensor.dims.reduce((product, dim) => product * Number(dim), 1);
  const { length } = tensor.rawData;
  if (length > 0 && length !== size * format.bytes) return undefined;
  // A copy, since the decoder's bytes lie anywhere in the file, and an array of numbers needs its own alignment.
  const entries =
    length > 0 ? format.raw(new Uint8Array(tensor.rawData).buffer) : format.fields(tensor);
  if (entries.length !== size) return undefined;
  return Array.from(entries, format.decode ?? Number);
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function float16(entry: number | bigint): number {
  const bits = Number(entry);
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The upper half of a float32. */
function bfloat16(entry: number | bigint): number {
  return new Float32Array(Uint32Array.of(Number(entry) << 16).buffer)[0];
}
