/**
 * For writers of graphs and transforms: models as data, shapes, constants and noise of a site, and the types that are in
 * no other entry. Users of dropout need none of it.
 * @packageDocumentation
 */
export { isBatchNorm, usesBatchStatistics } from "./batchNorm/batchStatistics.js";
export { type Constants, constantsOf } from "./constants/constantsOf.js";
export { constantTensors } from "./constants/constantTensors.js";
export { elementsOf } from "./constants/elementsOf.js";
export { fedInputs } from "./constants/fedInputs.js";
export { replaceConstants } from "./constants/replaceConstants.js";
export { GraphBuilder, type ModelOptions, type NodeOptions } from "./emit/GraphBuilder.js";
export {
  clip,
  padZeros,
  type ReduceOptions,
  reduce,
  type SliceOptions,
  slice,
  split,
  squeeze,
  unsqueeze,
  type VersionedBuilder,
} from "./emit/versionedOps.js";
export { type ExternalData, externalDataOf, externalTensors } from "./external/externalData.js";
export type { After } from "./insert/choosePlaces.js";
export type { DropoutPlace } from "./inspect/placesOf.js";
export { nearMisses } from "./labels/nearMisses.js";
export { nodeLabel } from "./labels/nodeLabel.js";
export { nodeName } from "./labels/nodeName.js";
export { addInitializer } from "./model/addInitializer.js";
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
export { copyMessage, copyModel } from "./model/copyModel.js";
export { modelOf } from "./model/decodeModel.js";
export { generators, isGenerator } from "./model/isGenerator.js";
export { metadataOf, setMetadata } from "./model/metadata.js";
export { isStandardDomain, opsetOf } from "./model/opsetOf.js";
export { readsOf } from "./model/rewire.js";
export {
  type AttributeProto,
  DataType,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
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
export type { RecurrentToScanOptions } from "./recurrent/recurrentToScan.js";
export { type InlineOptions, inlineCalls } from "./scopes/inlineCalls.js";
export { evaluateDim } from "./shapes/dims.js";
export { inferNestedShapes, inferShapes, type TensorInfos } from "./shapes/inferShapes.js";
export { type EinsumTerms, einsumTerms } from "./shapes/rules/einsumTerms.js";
export { type Window, windowOf } from "./shapes/rules/window.js";
export {
  type DrawFeeds,
  type FeedsOfRun,
  feedsOfSites,
  type PrepareFeedsOptions,
} from "./sites/maskFeeds.js";
export { type NoiseSource, type Site, sitesOf } from "./sites/site.js";
export type { SkippedPlace } from "./transforms/insertDropout.js";
export type { NameBatchOptions } from "./transforms/nameBatch.js";
export type { RateAsInputOptions } from "./transforms/rateAsInput.js";
export type { SampleDropConnectOptions } from "./transforms/sampleDropConnect.js";
export type { WhichNodes } from "./weights/chosenNodes.js";
