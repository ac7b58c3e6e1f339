/**
 * Dropout in ONNX models for whoever calls it: the transforms, and what they take of core, so that one package is
 * enough: variants on activations, schedules of rates and seeds.
 * @packageDocumentation
 */
export {
  alphaDropout,
  concreteDropout,
  constantSchedule,
  cosineSchedule,
  curriculumSchedule,
  derive,
  dropBlock,
  dropout,
  earlySchedule,
  featureAlphaDropout,
  gaussianDropout,
  lateSchedule,
  linearDepthRate,
  linearSchedule,
  type RateSchedule,
  spatialDropout,
  stochasticDepth,
  tokenDropout,
  type Variant,
} from "@dropoutkit/core";
export { embedWeights } from "./external/embedWeights.js";
export type { DropoutSite } from "./inspect/dropoutSites.js";
export type { Pitfall } from "./inspect/Pitfall.js";
export { decodeModel } from "./model/decodeModel.js";
export { encodeModel } from "./model/encodeModel.js";
export type { ModelLike, OnnxModel } from "./model/OnnxModel.js";
export { recurrentToScan } from "./recurrent/recurrentToScan.js";
export { type MaskFeedOptions, maskFeeds, prepareFeeds } from "./sites/maskFeeds.js";
export { inferBatchNorms } from "./transforms/inferBatchNorms.js";
export {
  type InsertDropConnectOptions,
  insertDropConnect,
} from "./transforms/insertDropConnect.js";
export { type InsertDropoutOptions, insertDropout } from "./transforms/insertDropout.js";
export {
  type InsertVariationalDropoutOptions,
  insertVariationalDropout,
} from "./transforms/insertVariationalDropout.js";
export { type InsertZoneoutOptions, insertZoneout } from "./transforms/insertZoneout.js";
export { type DropoutReport, inspectDropout } from "./transforms/inspectDropout.js";
export { nameBatch } from "./transforms/nameBatch.js";
export { rateAsInput } from "./transforms/rateAsInput.js";
export { type ReplaceDropoutOptions, replaceDropout } from "./transforms/replaceDropout.js";
export { sampleDropConnect } from "./transforms/sampleDropConnect.js";
export { setRates } from "./transforms/setRates.js";
export { stripDropout } from "./transforms/stripDropout.js";
export { untieWeights } from "./transforms/untieWeights.js";
export { upgradeOpset } from "./transforms/upgradeOpset.js";
