import { intAttribute, intsAttribute, stringAttribute } from "../attribute.js";
import { DataType, type NodeProto, type TensorProto } from "../schema.js";
import { tensorData } from "../tensor.js";
import type { Dim, TensorInfo } from "../valueInfo.js";
import { broadcastDims, productOf, remainingOf } from "./dims.js";

/** A node with what is known of its inputs. */
export interface NodeContext {
  readonly node: NodeProto;
  readonly inputs: readonly (TensorInfo | undefined)[];
  readonly constants: readonly (TensorProto | undefined)[];
}

/** What is known of a node's outputs. */
export type ShapeRule = (context: NodeContext) => readonly (TensorInfo | undefined)[];

const withDims = (info: TensorInfo, dims: readonly Dim[] | undefined): TensorInfo | undefined =>
  dims && { ...info, dims };

const asFirst: ShapeRule = ({ inputs }) => [inputs[0]];

const broadcast: ShapeRule = ({ inputs: [a, b] }) => [
  a && b && withDims(a, broadcastDims(a.dims, b.dims)),
];

const compare: ShapeRule = (context) =>
  broadcast(context).map((info) => info && { ...info, dataType: DataType.BOOL });

const where: ShapeRule = ({ inputs: [condition, a, b] }) => {
  if (!(condition && a && b)) return [undefined];
  const both = broadcastDims(a.dims, b.dims);
  return [both && withDims(a, broadcastDims(condition.dims, both))];
};

const flatten: ShapeRule = ({ node, inputs: [x] }) => {
  if (x === undefined) return [undefined];
  const axis = intAttribute(node, "axis", 1);
  const split = axis < 0 ? axis + x.dims.length : axis;
  return [withDims(x, [productOf(x.dims.slice(0, split)), productOf(x.dims.slice(split))])];
};

const gemm: ShapeRule = ({ node, inputs: [a, b] }) => {
  if (!(a && b)) return [undefined];
  const rows = a.dims[intAttribute(node, "transA", 0) === 1 ? 1 : 0];
  const columns = b.dims[intAttribute(node, "transB", 0) === 1 ? 0 : 1];
  return [withDims(a, [rows, columns])];
};

const matMul: ShapeRule = ({ inputs: [a, b] }) => {
  if (!(a && b) || a.dims.length < 2 || b.dims.length < 2) return [undefined];
  const batch = broadcastDims(a.dims.slice(0, -2), b.dims.slice(0, -2));
  return [batch && withDims(a, [...batch, a.dims[a.dims.length - 2], b.dims[b.dims.length - 1]])];
};

const reshape: ShapeRule = ({ inputs: [x], constants: [, shape] }) => {
  if (!(x && shape) || shape.dataType !== DataType.INT64) return [undefined];
  const sizes = Array.from(tensorData(shape).data, Number);
  const dims = sizes.map((size, axis) => (size === 0 ? x.dims[axis] : size));
  const free = dims.indexOf(-1);
  if (free < 0) return [withDims(x, dims)];
  dims[free] = remainingOf(
    x.dims,
    dims.filter((_, axis) => axis !== free),
  );
  return [withDims(x, dims)];
};

const transpose: ShapeRule = ({ node, inputs: [x] }) => {
  if (x === undefined) return [undefined];
  const order = intsAttribute(node, "perm") ?? x.dims.map((_, axis) => x.dims.length - 1 - axis);
  return [
    withDims(
      x,
      order.map((axis) => x.dims[axis]),
    ),
  ];
};

const crossEntropyLoss: ShapeRule = ({ node, inputs: [logits, labels] }) => [
  logits &&
    labels &&
    withDims(logits, stringAttribute(node, "reduction", "mean") === "none" ? labels.dims : []),
  logits,
];

const dropout: ShapeRule = ({ inputs: [x] }) => [x, x && { ...x, dataType: DataType.BOOL }];

/** The rule of each operator, by its name; for those not named, nothing is known of the outputs. */
export const shapeRules: Readonly<Record<string, ShapeRule | undefined>> = {
  Abs: asFirst,
  Add: broadcast,
  Cast: ({ node, inputs: [x] }) => [x && { ...x, dataType: intAttribute(node, "to", 0) }],
  Div: broadcast,
  Dropout: dropout,
  Elu: asFirst,
  Equal: compare,
  Exp: asFirst,
  Flatten: flatten,
  Gemm: gemm,
  Greater: compare,
  GreaterOrEqual: compare,
  Identity: asFirst,
  LeakyRelu: asFirst,
  Less: compare,
  Log: asFirst,
  LogSoftmax: asFirst,
  MatMul: matMul,
  Mul: broadcast,
  Neg: asFirst,
  Relu: asFirst,
  Reshape: reshape,
  Selu: asFirst,
  Sigmoid: asFirst,
  Softmax: asFirst,
  SoftmaxCrossEntropyLoss: crossEntropyLoss,
  Sqrt: asFirst,
  Sub: broadcast,
  Tanh: asFirst,
  Transpose: transpose,
  Where: where,
};
