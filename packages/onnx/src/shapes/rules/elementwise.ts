import { intAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import { broadcastDims, type MaybeDim } from "../dims.js";
import { inputOf } from "../nodeFacts.js";
import type { Facts, NodeContext, ShapeRule } from "../ShapeRule.js";
import { computable, pairwise, reduceValues, selectValues, single } from "./valueArithmetic.js";

/** An output like the first input. */
export const likeFirst: ShapeRule = (context) => {
  const { dataType, dims, value } = inputOf(context, 0);
  const change = single[context.node.opType];
  const safe = computable(dataType);
  return [{ dataType, dims, value: change && value?.map((item) => safe(change(safe(item)))) }];
};

const identity: ShapeRule = (context) => [inputOf(context, 0)];

/** The sizes of all inputs' broadcast; until opset 6 that was into the first. */
export function broadcastAll({ inputs: [first, ...others], opset }: NodeContext): Facts["dims"] {
  if (opset < 7) return first?.dims;
  return others.reduce<Facts["dims"]>(
    (dims, other) => broadcastDims(dims, other.dims),
    first?.dims,
  );
}

const broadcast: ShapeRule = (context) => {
  const { inputs, node } = context;
  const change = pairwise[node.opType];
  return [
    {
      dataType: inputs.find(({ dataType }) => dataType !== DataType.UNDEFINED)?.dataType ?? 0,
      dims: broadcastAll(context),
      value: change && reduceValues(inputs, change),
    },
  ];
};

/** A power has the base's type. */
const pow: ShapeRule = (context) => [
  { dataType: inputOf(context, 0).dataType, dims: broadcastAll(context) },
];

const compare: ShapeRule = (context) =>
  broadcast(context).map((facts) => ({ ...facts, dataType: DataType.BOOL }));

const test: ShapeRule = (context) =>
  likeFirst(context).map((facts) => ({ ...facts, dataType: DataType.BOOL }));

const where: ShapeRule = (context) => [
  {
    dataType: inputOf(context, 1).dataType || inputOf(context, 2).dataType,
    dims: broadcastAll(context),
    value: selectValues(context.inputs),
  },
];

const isFloat = (dataType: number): boolean =>
  dataType === DataType.FLOAT || dataType === DataType.DOUBLE;

const castTo = (dataType: number, { dims, value, dataType: from }: Facts): Facts => {
  const toWhole = (item: MaybeDim): MaybeDim =>
    typeof item === "number" ? Math.trunc(item) : item;
  const toBool = (item: MaybeDim): MaybeDim =>
    typeof item === "number" ? Number(item !== 0) : undefined;
  if (dataType === DataType.BOOL) return { dataType, dims, value: value?.map(toBool) };
  return {
    dataType,
    dims,
    value: isFloat(from) && !isFloat(dataType) ? value?.map(toWhole) : value,
  };
};

const cast: ShapeRule = (context) => [
  castTo(intAttribute(context.node, "to", 0), inputOf(context, 0)),
];

const castLike: ShapeRule = (context) => [
  castTo(inputOf(context, 1).dataType, inputOf(context, 0)),
];

const dropout: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  // The mask became boolean with opset 10.
  return [
    { dataType, dims },
    { dataType: context.opset < 10 ? dataType : DataType.BOOL, dims },
  ];
};

const named = (names: string, rule: ShapeRule): Record<string, ShapeRule> =>
  Object.fromEntries(names.split(" ").map((name) => [name, rule]));

/** Operators on each element, or on the elements at one place of several tensors. */
export const elementwiseRules: Readonly<Record<string, ShapeRule>> = {
  ...named("Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Clip Cos Cosh", likeFirst),
  ...named("CumSum Elu Erf Exp Floor Gelu HardSigmoid HardSwish Hardmax", likeFirst),
  ...named("Identity", identity),
  ...named("LeakyRelu Log LogSoftmax Mish Neg PRelu Reciprocal Relu Round Selu Shrink", likeFirst),
  ...named("Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Swish Tan Tanh", likeFirst),
  ...named("ThresholdedRelu Trilu", likeFirst),
  ...named("Add BitShift BitwiseAnd BitwiseOr BitwiseXor Div Max Mean Min Mod Mul", broadcast),
  ...named("Sub Sum", broadcast),
  ...named("And Equal Greater GreaterOrEqual Less LessOrEqual Or Xor", compare),
  ...named("IsInf IsNaN Not", test),
  Cast: cast,
  CastLike: castLike,
  Dropout: dropout,
  Pow: pow,
  Where: where,
};
