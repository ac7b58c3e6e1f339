import { intAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import { type MaybeDim, productOf } from "../dims.js";
import { axisOf, inputOf, numbersOf } from "../nodeFacts.js";
import type { KnownValue, NodeContext, ShapeRule } from "../ShapeRule.js";
import { elementsIn } from "../values.js";
import { likeFirst } from "./elementwise.js";

const gather: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const indices = inputOf(context, 1).dims;
  const axis = dims && axisOf(context, dims.length, 0);
  if (dims === undefined || indices === undefined || axis === undefined) return [{ dataType }];
  const gathered = [...dims.slice(0, axis), ...indices, ...dims.slice(axis + 1)];
  return [{ dataType, dims: gathered, value: gatheredValue(context) }];
};

function gatheredValue(context: NodeContext): KnownValue | undefined {
  const data = inputOf(context, 0);
  const items = data.dims?.length === 1 ? elementsIn(data) : undefined;
  const indices = numbersOf(inputOf(context, 1).value);
  return items && indices?.map((index) => items[index < 0 ? index + items.length : index]);
}

const gatherElements: ShapeRule = (context) => [
  { dataType: inputOf(context, 0).dataType, dims: inputOf(context, 1).dims },
];

const gatherNd: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const indices = inputOf(context, 1).dims;
  const depth = indices?.at(-1);
  if (dims === undefined || indices === undefined || typeof depth !== "number") {
    return [{ dataType }];
  }
  const batchDims = intAttribute(context.node, "batch_dims", 0);
  return [{ dataType, dims: [...indices.slice(0, -1), ...dims.slice(batchDims + depth)] }];
};

const oneHot: ShapeRule = (context) => {
  const { dataType } = inputOf(context, 2);
  const { dims } = inputOf(context, 0);
  const axis = dims && axisOf(context, dims.length + 1, -1);
  if (dims === undefined || axis === undefined) return [{ dataType }];
  const depth = inputOf(context, 1).value?.[0];
  return [{ dataType, dims: [...dims.slice(0, axis), depth, ...dims.slice(axis)] }];
};

/** How many entries are found is known when the model runs. */
const nonZero: ShapeRule = (context) => {
  const { dims } = inputOf(context, 0);
  const rank = dims && Math.max(dims.length, context.opset < 13 ? 1 : 0);
  return [{ dataType: DataType.INT64, dims: [rank, undefined] }];
};

const compress: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  if (context.node.attribute.every(({ name }) => name !== "axis")) {
    return [{ dataType, dims: [undefined] }];
  }
  const axis = dims && axisOf(context, dims.length, 0);
  return [{ dataType, dims: dims?.map((dim, at) => (at === axis ? undefined : dim)) }];
};

const unique: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const isFlat = context.node.attribute.every(({ name }) => name !== "axis");
  const axis = dims && axisOf(context, dims.length, 0);
  const kept = isFlat ? [undefined] : dims?.map((dim, at) => (at === axis ? undefined : dim));
  const places: MaybeDim = isFlat ? dims && productOf(dims) : dims?.[axis ?? dims.length];
  const counts = { dataType: DataType.INT64, dims: [undefined] };
  return [{ dataType, dims: kept }, counts, { dataType: DataType.INT64, dims: [places] }, counts];
};

const nonMaxSuppression: ShapeRule = () => [{ dataType: DataType.INT64, dims: [undefined, 3] }];

/** Operators that pick entries, or put entries, by their place. */
export const indexingRules: Readonly<Record<string, ShapeRule>> = {
  Compress: compress,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  NonMaxSuppression: nonMaxSuppression,
  NonZero: nonZero,
  OneHot: oneHot,
  ReverseSequence: likeFirst,
  Scatter: likeFirst,
  ScatterElements: likeFirst,
  ScatterND: likeFirst,
  TensorScatter: likeFirst,
  Unique: unique,
};
