/**
 * Dropout for whoever calls it: variants, schedules of rates, and kernels over typed arrays.
 * @packageDocumentation
 */
export type { ApplyOptions } from "./apply/ApplyOptions.js";
export { backward, forward } from "./apply/forward.js";
export {
  type DenseArrays,
  type DenseGradients,
  type DenseOptions,
  denseBackward,
  denseForward,
} from "./dense/denseLayer.js";
export { Arena } from "./engine/Arena.js";
export { drawMask, type MaskOptions } from "./field/drawMask.js";
export { derive } from "./key/derive.js";
export { type ConstantScheduleOptions, constantSchedule } from "./schedules/constantSchedule.js";
export { type CosineScheduleOptions, cosineSchedule } from "./schedules/cosineSchedule.js";
export {
  type CurriculumScheduleOptions,
  curriculumSchedule,
} from "./schedules/curriculumSchedule.js";
export { type EarlyScheduleOptions, earlySchedule } from "./schedules/earlySchedule.js";
export { type LateScheduleOptions, lateSchedule } from "./schedules/lateSchedule.js";
export { type LinearDepthRateOptions, linearDepthRate } from "./schedules/linearDepthRate.js";
export { type LinearScheduleOptions, linearSchedule } from "./schedules/linearSchedule.js";
export type { RateSchedule } from "./schedules/schedule.js";
export type { Variant } from "./seam/seam.js";
export { type AlphaDropoutOptions, alphaDropout } from "./variants/alphaDropout.js";
export type { Channels } from "./variants/channels.js";
export { type ConcreteDropoutOptions, concreteDropout } from "./variants/concreteDropout.js";
export { type DropBlockOptions, dropBlock } from "./variants/dropBlock.js";
export { type DropConnectOptions, dropConnect } from "./variants/dropConnect.js";
export { type DropoutOptions, dropout } from "./variants/dropout.js";
export { type EmbeddingDropoutOptions, embeddingDropout } from "./variants/embeddingDropout.js";
export {
  type FeatureAlphaDropoutOptions,
  featureAlphaDropout,
} from "./variants/featureAlphaDropout.js";
export { type GaussianDropoutOptions, gaussianDropout } from "./variants/gaussianDropout.js";
export type { NoiseShape } from "./variants/noiseShape.js";
export {
  type RecurrentDropConnectOptions,
  recurrentDropConnect,
} from "./variants/recurrentDropConnect.js";
export {
  type SparseVariationalDropoutOptions,
  sparseVariationalDropout,
} from "./variants/sparseVariationalDropout.js";
export { type SpatialDropoutOptions, spatialDropout } from "./variants/spatialDropout.js";
export { type StochasticDepthOptions, stochasticDepth } from "./variants/stochasticDepth.js";
export { type TokenDropoutOptions, tokenDropout } from "./variants/tokenDropout.js";
export {
  type VariationalDropoutOptions,
  variationalDropout,
} from "./variants/variationalDropout.js";
export { type ZoneoutOptions, zoneout } from "./variants/zoneout.js";
