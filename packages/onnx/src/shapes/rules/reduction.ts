import { intAttribute, stringAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import { type MaybeDim, productOf } from "../dims.js";
import { axesIn, axisOf, hasInput, inputOf, listOf } from "../nodeFacts.js";
import type { Facts, NodeContext, ShapeRule } from "../ShapeRule.js";
import { elementsIn } from "../values.js";
import { pairwise } from "./valueArithmetic.js";

const reduce: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const keeps = intAttribute(context.node, "keepdims", 1) === 1;
  const axes = listOf(context, "axes", 1);
  if (dims === undefined || axes === undefined) {
    return [{ dataType, dims: keeps ? dims?.map(() => undefined) : undefined }];
  }
  const isAll = axes === "none" || axes.length === 0;
  if (isAll && intAttribute(context.node, "noop_with_empty_axes", 0) === 1) {
    return [{ dataType, dims }];
  }
  const taken = isAll ? new Set(dims.keys()) : axesIn(axes, dims.length);
  if (taken === undefined) return [{ dataType }];
  const reduced = withoutAxes(dims, taken, keeps);
  return [{ dataType, dims: reduced, value: reducedValue(context) }];
};

const withoutAxes = (
  dims: readonly MaybeDim[],
  taken: ReadonlySet<number>,
  keeps: boolean,
): MaybeDim[] =>
  keeps
    ? dims.map((dim, axis) => (taken.has(axis) ? 1 : dim))
    : dims.filter((_, axis) => !taken.has(axis));

const reducers: Readonly<Record<string, string>> = {
  ReduceMax: "Max",
  ReduceMin: "Min",
  ReduceProd: "Mul",
  ReduceSum: "Add",
};

/** The one element that is left of a list of sizes. */
function reducedValue(context: NodeContext): readonly MaybeDim[] | undefined {
  const data = inputOf(context, 0);
  const change = pairwise[reducers[context.node.opType] ?? ""];
  const [first, ...others] = (data.dims?.length === 1 && elementsIn(data)) || [];
  if (change === undefined || first === undefined) return undefined;
  return [others.reduce((a, b) => change(a, b, data.dataType), first)];
}

const argument: ShapeRule = (context) => {
  const { dims } = inputOf(context, 0);
  const dataType = DataType.INT64;
  const axis = dims && axisOf(context, dims.length, 0);
  if (dims === undefined || axis === undefined) return [{ dataType }];
  const keeps = intAttribute(context.node, "keepdims", 1) === 1;
  return [{ dataType, dims: withoutAxes(dims, new Set([axis]), keeps) }];
};

const topK: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const k = hasInput(context, 1)
    ? inputOf(context, 1).value?.[0]
    : intAttribute(context.node, "k", 0);
  const axis = dims && axisOf(context, dims.length, -1);
  const best: Facts["dims"] = dims?.map((dim, at) => (at === axis ? k : dim));
  return [
    { dataType, dims: best },
    { dataType: DataType.INT64, dims: best },
  ];
};

/** A loss, and beside it the log probabilities. */
const loss: ShapeRule = (context) => {
  const scores = inputOf(context, 0);
  const labels = inputOf(context, 1);
  const isNone = stringAttribute(context.node, "reduction", "mean") === "none";
  const { dataType, dims } = scores;
  return [
    { dataType, dims: isNone ? labels.dims : [] },
    { dataType, dims },
  ];
};

const detOf: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  return [{ dataType, dims: dims?.slice(0, -2) }];
};

/** How many entries a tensor has. */
const size: ShapeRule = (context) => {
  const { dims } = inputOf(context, 0);
  return [{ dataType: DataType.INT64, dims: [], value: [dims && productOf(dims)] }];
};

/** Operators that leave fewer entries along axes. */
export const reductionRules: Readonly<Record<string, ShapeRule>> = {
  ArgMax: argument,
  ArgMin: argument,
  Det: detOf,
  NegativeLogLikelihoodLoss: loss,
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: reduce,
  ReduceSumSquare: reduce,
  Size: size,
  SoftmaxCrossEntropyLoss: loss,
  TopK: topK,
};
