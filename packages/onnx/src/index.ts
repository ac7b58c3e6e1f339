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
export { isBatchNorm, usesBatchStatistics } from "./batchNorm/batchStatistics.js";
export { type Constants, constantsOf } from "./constants/constantsOf.js";
export { constantTensors } from "./constants/constantTensors.js";
export { elementsOf } from "./constants/elementsOf.js";
export { fedInputs } from "./constants/fedInputs.js";
export { replaceConstants } from "./constants/replaceConstants.js";
export { GraphBuilder, type ModelOptions, type NodeOptions } from "./emit/GraphBuilder.js";
export { embedWeights } from "./external/embedWeights.js";
export { type ExternalData, externalDataOf, externalTensors } from "./external/externalData.js";
export type { After } from "./insert/choosePlaces.js";
export type { DropoutSite } from "./inspect/dropoutSites.js";
export type { Pitfall } from "./inspect/Pitfall.js";
export type { DropoutPlace } from "./inspect/placesOf.js";
export { nearMisses } from "./labels/nearMisses.js";
export { nodeLabel } from "./labels/nodeLabel.js";
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
} from "./model/attribute.js";
export type { Bytes } from "./model/Bytes.js";
export {
  copyMessage,
  copyModel,
  decodeModel,
  type ModelLike,
  modelOf,
  type OnnxModel,
  opsetOf,
} from "./model/codec.js";
export { encodeModel } from "./model/encodeModel.js";
export { metadataOf, setMetadata } from "./model/metadata.js";
export { readsOf } from "./model/rewire.js";
export type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "./model/schema.js";
export { makeTensor, type TensorData, type TensorOptions, tensorData } from "./model/tensor.js";
export { type TensorArrays, type TensorType, tensorTypeOf } from "./model/tensorType.js";
export {
  type Dim,
  makeValueInfo,
  type TensorInfo,
  tensorInfoOf,
  valueInfoOf,
} from "./model/valueInfo.js";
export { DROPOUT_KEY } from "./noise/dropoutKey.js";
export { type EmitExprOptions, type EmittedExpr, emitExpr } from "./noise/emitExpr.js";
export type { NoiseFeed } from "./noise/fieldFeed.js";
export { OldOpsetError } from "./opset/OldOpsetError.js";
export type { Rates } from "./rates/ratesOfSites.js";
export type { WhichRecurrent } from "./recurrent/recurrentNodes.js";
export { type RecurrentToScanOptions, recurrentToScan } from "./recurrent/recurrentToScan.js";
export { type InlineOptions, inlineCalls } from "./scopes/inlineCalls.js";
export { evaluateDim } from "./shapes/dims.js";
export { inferNestedShapes, inferShapes, type TensorInfos } from "./shapes/inferShapes.js";
export { type EinsumTerms, einsumTerms } from "./shapes/rules/einsumTerms.js";
export { type Window, windowOf } from "./shapes/rules/window.js";
export {
  drawFeeds,
  type FeedsOfRun,
  type MaskFeedOptions,
  maskFeeds,
  type PrepareFeedsOptions,
  prepareFeeds,
} from "./sites/maskFeeds.js";
export { type NoiseSource, type Site, sitesOf } from "./sites/site.js";
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
export type { WhichNodes } from "./weights/chosenNodes.js";
