// What users of the transforms need of core, so that one package is enough: the variants that `insertDropout` takes, rates
// and seeds. Those on weights and on recurrent states are transforms here.
export {
  type AlphaDropoutOptions,
  alphaDropout,
  type Channels,
  type ConcreteDropoutOptions,
  type ConstantScheduleOptions,
  type CosineScheduleOptions,
  type CurriculumScheduleOptions,
  concreteDropout,
  constantSchedule,
  cosineSchedule,
  curriculumSchedule,
  type DropBlockOptions,
  type DropoutOptions,
  derive,
  dropBlock,
  dropout,
  type EarlyScheduleOptions,
  type Expr,
  earlySchedule,
  type FeatureAlphaDropoutOptions,
  type Field,
  featureAlphaDropout,
  type GaussianDropoutOptions,
  gaussianDropout,
  type LateScheduleOptions,
  type Leaf,
  type LinearDepthRateOptions,
  type LinearScheduleOptions,
  lateSchedule,
  linearDepthRate,
  linearSchedule,
  type Part,
  type Place,
  type RateSchedule,
  type SpatialDropoutOptions,
  type StochasticDepthOptions,
  spatialDropout,
  stochasticDepth,
  type Variant,
} from "@dropoutkit/core";
export {
  type AttributeValue,
  floatAttribute,
  floatsAttribute,
  graphAttribute,
  intAttribute,
  intsAttribute,
  makeAttribute,
  stringAttribute,
  tensorAttribute,
} from "./attribute.js";
export type { Bytes } from "./Bytes.js";
export { isBatchNorm, usesBatchStatistics } from "./batchNorm/batchStatistics.js";
export {
  copyMessage,
  copyModel,
  decodeModel,
  type ModelLike,
  modelOf,
  type OnnxModel,
  opsetOf,
} from "./codec.js";
export { type Constants, constantsOf } from "./constants/constantsOf.js";
export { constantTensors } from "./constants/constantTensors.js";
export { elementsOf } from "./constants/elementsOf.js";
export { fedInputs } from "./constants/fedInputs.js";
export { replaceConstants } from "./constants/replaceConstants.js";
export { encodeModel } from "./encodeModel.js";
export { embedWeights } from "./external/embedWeights.js";
export { type ExternalData, externalDataOf, externalTensors } from "./external/externalData.js";
export { GraphBuilder, type ModelOptions, type NodeOptions } from "./GraphBuilder.js";
export type { After } from "./insert/choosePlaces.js";
export type { DropoutSite } from "./inspect/dropoutSites.js";
export type { Pitfall } from "./inspect/Pitfall.js";
export type { DropoutPlace } from "./inspect/placesOf.js";
export {
  drawFeeds,
  type FeedsOfRun,
  type MaskFeedOptions,
  maskFeeds,
  type PrepareFeedsOptions,
  prepareFeeds,
} from "./maskFeeds.js";
export { metadataOf, setMetadata } from "./metadata.js";
export { nearMisses } from "./nearMisses.js";
export { nodeLabel } from "./nodeLabel.js";
export { DROPOUT_KEY } from "./noise/dropoutKey.js";
export { type EmitExprOptions, type EmittedExpr, emitExpr } from "./noise/emitExpr.js";
export type { NoiseFeed } from "./noise/fieldFeed.js";
export { OldOpsetError } from "./opset/OldOpsetError.js";
export type { Rates } from "./rates/ratesOfSites.js";
export type { WhichRecurrent } from "./recurrent/recurrentNodes.js";
export { type RecurrentToScanOptions, recurrentToScan } from "./recurrent/recurrentToScan.js";
export { readsOf } from "./rewire.js";
export type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "./schema.js";
export { type InlineOptions, inlineCalls } from "./scopes/inlineCalls.js";
export { evaluateDim } from "./shapes/dims.js";
export { inferNestedShapes, inferShapes, type TensorInfos } from "./shapes/inferShapes.js";
export { type EinsumTerms, einsumTerms } from "./shapes/rules/einsumTerms.js";
export { type Window, windowOf } from "./shapes/rules/window.js";
export { type NoiseSource, type Site, sitesOf } from "./site.js";
export { makeTensor, type TensorData, type TensorOptions, tensorData } from "./tensor.js";
export { type TensorArrays, type TensorType, tensorTypeOf } from "./tensorType.js";
export { type DropConnectOptions, dropConnect } from "./transforms/dropConnect.js";
export { inferBatchNorms } from "./transforms/inferBatchNorms.js";
export {
  type InsertDropoutOptions,
  insertDropout,
  type SkippedPlace,
} from "./transforms/insertDropout.js";
export { type DropoutReport, inspectDropout } from "./transforms/inspectDropout.js";
export { type RateAsInputOptions, rateAsInput } from "./transforms/rateAsInput.js";
export { type ReplaceDropoutOptions, replaceDropout } from "./transforms/replaceDropout.js";
export {
  type SampleDropConnectOptions,
  sampleDropConnect,
} from "./transforms/sampleDropConnect.js";
export { setRates } from "./transforms/setRates.js";
export { stripDropout } from "./transforms/stripDropout.js";
export { untieWeights } from "./transforms/untieWeights.js";
export { upgradeOpset } from "./transforms/upgradeOpset.js";
export {
  type VariationalDropoutOptions,
  variationalDropout,
} from "./transforms/variationalDropout.js";
export { type ZoneoutOptions, zoneout } from "./transforms/zoneout.js";
export {
  type Dim,
  makeValueInfo,
  type TensorInfo,
  tensorInfoOf,
  valueInfoOf,
} from "./valueInfo.js";
export type { WhichNodes } from "./weights/chosenNodes.js";
