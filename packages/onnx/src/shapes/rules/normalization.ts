import { intAttribute } from "../../model/attribute.js";
import { axisOf, inputOf } from "../nodeFacts.js";
import type { ShapeRule } from "../ShapeRule.js";
import { likeFirst } from "./elementwise.js";

/** In training beside the values the running statistics; until opset 13 also those of the batch. */
const batchNormalization: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const [mean, variance] = [3, 4].map((index) => inputOf(context, index));
  return [{ dataType, dims }, mean, variance, mean, variance];
};

/** The statistics keep the axes before the first that is normalised. */
const layerNormalization: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const axis = dims && axisOf(context, dims.length, -1);
  const kept = axis === undefined ? undefined : dims?.map((dim, at) => (at < axis ? dim : 1));
  const stash = { dataType: intAttribute(context.node, "stash_type", 1), dims: kept };
  return [{ dataType, dims }, stash, stash];
};

/** Operators that scale their input and keep its sizes. */
export const normalizationRules: Readonly<Record<string, ShapeRule>> = {
  BatchNormalization: batchNormalization,
  GroupNormalization: likeFirst,
  InstanceNormalization: likeFirst,
  LRN: likeFirst,
  LayerNormalization: layerNormalization,
  LpNormalization: likeFirst,
  MeanVarianceNormalization: likeFirst,
  RMSNormalization: likeFirst,
};
