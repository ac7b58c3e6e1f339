import { floatAttribute, intAttribute, intsAttribute, tensorAttribute } from "../attribute.js";
import { DataType, type NodeProto, type SparseTensorProto, type TensorProto } from "../schema.js";
import { tensorData } from "../tensor.js";
import type { MaybeDim } from "./dims.js";
import type { Facts, KnownValue } from "./ShapeRule.js";

/** Longer lists are weights, not sizes. */
export const LONGEST_VALUE = 1024;

/** Facts of a constant; its elements where they are few. */
export function tensorFacts(tensor: TensorProto): Facts {
  const dims = tensor.dims.map(Number);
  return { dataType: tensor.dataType, dims, value: elementsOf(tensor, dims) };
}

function elementsOf(tensor: TensorProto, dims: readonly number[]): KnownValue | undefined {
  if (dims.length > 1 || !((dims[0] ?? 1) <= LONGEST_VALUE)) return undefined;
  try {
    return Array.from(tensorData(tensor).data, Number);
  } catch {
    // External, truncated, or of a type that is not read here: only the elements are not known.
    return undefined;
  }
}

/** Facts of a Constant node, in each of the forms that it has. */
export function constantFacts(node: NodeProto): Facts {
  const tensor = tensorAttribute(node, "value");
  if (tensor !== undefined) return tensorFacts(tensor);
  const [attribute] = node.attribute;
  switch (attribute?.name) {
    case "value_int":
      return scalar(DataType.INT64, intAttribute(node, "value_int", 0));
    case "value_float":
      return scalar(DataType.FLOAT, floatAttribute(node, "value_float", 0));
    case "value_ints":
      return list(DataType.INT64, intsAttribute(node, "value_ints") ?? []);
    case "value_floats":
      return list(DataType.FLOAT, attribute.floats);
    case "value_string":
      return { dataType: DataType.STRING, dims: [] };
    case "value_strings":
      return { dataType: DataType.STRING, dims: [attribute.strings.length] };
    case "sparse_value":
      return attribute.sparseTensor ? sparseFacts(attribute.sparseTensor) : { dataType: 0 };
    default:
      return { dataType: 0 };
  }
}

const scalar = (dataType: number, value: number): Facts => ({ dataType, dims: [], value: [value] });

const list = (dataType: number, value: readonly number[]): Facts => ({
  dataType,
  dims: [value.length],
  value: value.length > LONGEST_VALUE ? undefined : value,
});

export const sparseFacts = ({ values, dims }: SparseTensorProto): Facts => ({
  dataType: values?.dataType ?? 0,
  dims: dims.map(Number),
});

/** A tensor's elements, each of them perhaps not known; undefined where even their number is not. */
export function elementsIn({ dims, value }: Facts): KnownValue | undefined {
  if (value !== undefined) return value;
  if (dims === undefined || dims.length > 1) return undefined;
  const [size = 1] = dims;
  if (typeof size !== "number" || !(size <= LONGEST_VALUE)) return undefined;
  return Array.from({ length: size }, () => undefined);
}

/** The elements that a tensor can have: as many as the sizes say, of numbers that the type holds. */
export function heldValue(
  { dataType, dims }: Facts,
  value: KnownValue | undefined,
): KnownValue | undefined {
  if (value === undefined || dims === undefined || dims.length > 1) return undefined;
  if (value.length > LONGEST_VALUE) return undefined;
  if ((dims[0] ?? 1) !== value.length || !(dataType in fits)) return undefined;
  const held = value.map((item) => hold(item, dataType));
  return held.length > 0 && held.every((item) => item === undefined) ? undefined : held;
}

function hold(item: MaybeDim, dataType: number): MaybeDim {
  if (typeof item !== "number") return item;
  const held = dataType === DataType.FLOAT ? Math.fround(item) : item;
  return fits[dataType](held) ? held : undefined;
}

/** The types whose arithmetic is done here, and the numbers of each that it is exact in. */
const fits: Readonly<Record<number, (value: number) => boolean>> = {
  [DataType.FLOAT]: Number.isFinite,
  [DataType.DOUBLE]: Number.isFinite,
  // Ends of a Slice are as large as the type holds; a float64 holds them nearly.
  [DataType.INT64]: Number.isInteger,
  [DataType.INT32]: (value) => value === (value | 0),
  [DataType.BOOL]: (value) => value === 0 || value === 1,
};
