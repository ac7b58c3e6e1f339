import { create } from "@bufbuild/protobuf";
import { isStandardDomain } from "../model/opsetOf.js";
import {
  type AttributeProto,
  DataType,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
  TensorProtoSchema,
} from "../model/schema.js";
import { makeTensor } from "../model/tensor.js";

/** True for the operator whose output an attribute holds. */
export const isConstant = ({ domain, opType }: NodeProto): boolean =>
  opType === "Constant" && isStandardDomain(domain);

/**
 * The tensor that a `Constant` node holds, in any of its forms but `sparse_value`; undefined for other nodes, and in a
 * function where the call gives the value.
 */
export function constantTensor(node: NodeProto): TensorProto | undefined {
  if (!isConstant(node)) return undefined;
  const given = node.attribute.find(({ name, refAttrName }) => name in forms && refAttrName === "");
  return given && forms[given.name](given);
}

/** The tensor of a `Constant` node in the one form that does not write all elements. */
export const sparseTensorOf = (node: NodeProto): SparseTensorProto | undefined =>
  isConstant(node)
    ? node.attribute.find(({ name }) => name === "sparse_value")?.sparseTensor
    : undefined;

const forms: Readonly<Record<string, (attribute: AttributeProto) => TensorProto | undefined>> = {
  value: ({ t }) => t,
  value_float: ({ f }) => floats([], [f]),
  value_floats: (attribute) => floats([attribute.floats.length], attribute.floats),
  value_int: ({ i }) => integers([], [i]),
  value_ints: ({ ints }) => integers([ints.length], ints),
  value_string: ({ s }) => strings([], [s]),
  value_strings: (attribute) => strings([attribute.strings.length], attribute.strings),
};

const floats = (dims: readonly number[], values: readonly number[]): TensorProto =>
  makeTensor({ name: "", type: "float32", dims, data: Float32Array.from(values) });

const integers = (dims: readonly number[], values: readonly bigint[]): TensorProto =>
  makeTensor({ name: "", type: "int64", dims, data: BigInt64Array.from(values) });

const strings = (dims: readonly number[], stringData: TensorProto["stringData"]): TensorProto =>
  create(TensorProtoSchema, { dataType: DataType.STRING, dims: dims.map(BigInt), stringData });
