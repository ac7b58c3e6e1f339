import { constantTensor, sparseTensorOf } from "../constants/constantTensor.js";
import { elementsOf } from "../constants/elementsOf.js";
import { sparseElements } from "../constants/sparseElements.js";
import {
  DataType,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
} from "../model/schema.js";
import type { MaybeDim } from "./dims.js";
import { type Facts, type KnownValue, unknown } from "./ShapeRule.js";

/** Longer lists are weights, not sizes. */
export const LONGEST_VALUE = 1024;

/** Facts of a constant; its elements where they are few. */
export function tensorFacts(tensor: TensorProto): Facts {
  const dims = tensor.dims.map(Number);
  return { dataType: tensor.dataType, dims, value: shortList(tensor, dims) };
}

function shortList(tensor: TensorProto, dims: readonly number[]): KnownValue | undefined {
  if (dims.length > 1 || !((dims[0] ?? 1) <= LONGEST_VALUE)) return undefined;
  return elementsOf(tensor);
}

/** Facts of a Constant node, in each of the forms that it has. */
export function constantFacts(node: NodeProto): Facts {
  const tensor = constantTensor(node);
  if (tensor !== undefined) return tensorFacts(tensor);
  const sparse = sparseTensorOf(node);
  return sparse === undefined ? unknown : sparseFacts(sparse);
}

export function sparseFacts(sparse: SparseTensorProto): Facts {
  const { values, dims } = sparse;
  const value = dims.length > 1 ? undefined : sparseElements(sparse);
  return { dataType: values?.dataType ?? 0, dims: dims.map(Number), value };
}

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
