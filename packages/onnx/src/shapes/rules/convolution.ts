import { intAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import { floorDivide, type MaybeDim, times } from "../dims.js";
import { inputOf, unknownDims } from "../nodeFacts.js";
import type { Facts, NodeContext, ShapeRule } from "../ShapeRule.js";
import { countPlaces, roundsUp, spreadPlaces, windowOf } from "./window.js";

/** Batch and channels, then a count of windows along each axis of space. */
function convolved(context: NodeContext, weights: Facts): Facts["dims"] {
  const { dims } = inputOf(context, 0);
  if (dims === undefined || dims.length < 2) return undefined;
  const window = windowOf(context.node, weights.dims?.slice(2));
  const space = dims.slice(2);
  const places = window && countPlaces(space, window);
  return [dims[0], weights.dims?.[0], ...(places ?? unknownDims(space.length))];
}

const conv: ShapeRule = (context) => [
  {
    dataType: inputOf(context, 0).dataType || inputOf(context, 1).dataType,
    dims: convolved(context, inputOf(context, 1)),
  },
];

const convInteger: ShapeRule = (context) => [
  { dataType: DataType.INT32, dims: convolved(context, inputOf(context, 1)) },
];

const qLinearConv: ShapeRule = (context) => [
  { dataType: inputOf(context, 7).dataType, dims: convolved(context, inputOf(context, 3)) },
];

const convTranspose: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const weights = inputOf(context, 1).dims;
  if (dims === undefined || dims.length < 2) return [{ dataType }];
  const space = dims.slice(2);
  const window = windowOf(context.node, weights?.slice(2));
  const places = window && spreadPlaces(context.node, space, window);
  const channels = times(weights?.[1], intAttribute(context.node, "group", 1));
  return [{ dataType, dims: [dims[0], channels, ...(places ?? unknownDims(space.length))] }];
};

const pool: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  if (dims === undefined || dims.length < 2) return [{ dataType }];
  const space = dims.slice(2);
  const window = windowOf(context.node);
  const places = window && countPlaces(space, window, roundsUp(context.node));
  const pooled = [...dims.slice(0, 2), ...(places ?? unknownDims(space.length))];
  return [
    { dataType, dims: pooled },
    { dataType: DataType.INT64, dims: pooled },
  ];
};

const globalPool: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  return [{ dataType, dims: dims?.map((dim, axis) => (axis < 2 ? dim : 1)) }];
};

const maxUnpool: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  if (context.node.input[2]) {
    return [{ dataType, dims: inputOf(context, 2).value ?? dims?.map(() => undefined) }];
  }
  const window = windowOf(context.node);
  const space = dims?.slice(2);
  const places = window && space && spreadPlaces(context.node, space, window);
  return [{ dataType, dims: dims && places && [...dims.slice(0, 2), ...places] }];
};

const roiSize = (rois: Facts, [height, width]: readonly MaybeDim[], data: Facts): Facts => ({
  dataType: data.dataType,
  dims: [rois.dims?.[0], data.dims?.[1], height, width],
});

const roiAlign: ShapeRule = (context) => {
  const size = ["output_height", "output_width"].map((name) => intAttribute(context.node, name, 1));
  return [roiSize(inputOf(context, 1), size, inputOf(context, 0))];
};

const maxRoiPool: ShapeRule = (context) => {
  const size = context.node.attribute.find(({ name }) => name === "pooled_shape")?.ints.map(Number);
  return [roiSize(inputOf(context, 1), size ?? [], inputOf(context, 0))];
};

const col2Im: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const block = inputOf(context, 2).value;
  const image = inputOf(context, 1).value;
  const channels = dims && block && floorDivideAll(dims[1], block);
  return [{ dataType, dims: image && [dims?.[0], channels, ...image] }];
};

const floorDivideAll = (size: MaybeDim, by: readonly MaybeDim[]): MaybeDim =>
  by.reduce(floorDivide, size);

/** Operators that move a window over the axes of space. */
export const convolutionRules: Readonly<Record<string, ShapeRule>> = {
  AveragePool: pool,
  Col2Im: col2Im,
  Conv: conv,
  ConvInteger: convInteger,
  ConvTranspose: convTranspose,
  DeformConv: conv,
  GlobalAveragePool: globalPool,
  GlobalLpPool: globalPool,
  GlobalMaxPool: globalPool,
  LpPool: pool,
  MaxPool: pool,
  MaxRoiPool: maxRoiPool,
  MaxUnpool: maxUnpool,
  QLinearConv: qLinearConv,
  RoiAlign: roiAlign,
};
