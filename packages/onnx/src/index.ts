export { type DropoutOptions, dropout } from "@dropoutkit/core";
export {
  type AttributeValue,
  floatAttribute,
  intAttribute,
  intsAttribute,
  makeAttribute,
  stringAttribute,
  tensorAttribute,
} from "./attribute.js";
export {
  copyMessage,
  copyModel,
  decodeModel,
  encodeModel,
  type ModelLike,
  modelOf,
  type OnnxModel,
  opsetOf,
} from "./codec.js";
export { constantOf } from "./constantOf.js";
export { GraphBuilder, type ModelOptions, type NodeOptions } from "./GraphBuilder.js";
export { drawFeeds, type MaskFeedOptions, maskFeeds, type NoiseFeed } from "./maskFeeds.js";
export { nearMisses } from "./nearMisses.js";
export { DROPOUT_KEY } from "./noise/emitBernoulli.js";
export { readsOf } from "./rewire.js";
export type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "./schema.js";
export { evaluateDim } from "./shapes/dims.js";
export { inferNestedShapes, inferShapes, type TensorInfos } from "./shapes/inferShapes.js";
export { type NoiseSource, type Site, sitesOf } from "./site.js";
export { makeTensor, type TensorData, type TensorOptions, tensorData } from "./tensor.js";
export { type TensorArrays, type TensorType, tensorTypeOf } from "./tensorType.js";
export {
  type After,
  type InsertDropoutOptions,
  insertDropout,
} from "./transforms/insertDropout.js";
export { type DropoutSite, inspectDropout } from "./transforms/inspectDropout.js";
export { stripDropout } from "./transforms/stripDropout.js";
export { type Dim, makeValueInfo, type TensorInfo, tensorInfoOf } from "./valueInfo.js";
