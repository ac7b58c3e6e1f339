export { Arena } from "./Arena.js";
export { type BoundField, boundField } from "./boundField.js";
export type { Channels } from "./channels.js";
export {
  type DenseArrays,
  type DenseGradients,
  type DenseOptions,
  denseBackward,
  denseForward,
} from "./denseLayer.js";
export { derive } from "./derive.js";
export { type DrawFieldOptions, type DrawnField, drawField } from "./drawField.js";
export { drawMask, type MaskOptions, maskContractVersion } from "./drawMask.js";
export { drawNormal, type NormalOptions } from "./drawNormal.js";
export { drawPlan } from "./drawPlan.js";
export { drawUniform, type UniformOptions } from "./drawUniform.js";
export { type EvaluatePartOptions, evaluatePart } from "./evaluatePart.js";
export { evaluatePenalty } from "./evaluatePenalty.js";
export type { Evaluation, Leaves } from "./evaluation.js";
export {
  type Algebra,
  add,
  bindRate,
  div,
  evaluate,
  exp,
  keepScaled,
  linear,
  log,
  mul,
  reads,
  select,
  sigmoid,
  sqrt,
  square,
  sub,
  sum,
} from "./expr.js";
export { ForeignMemory, type ForeignMemoryOptions, type MemoryLike } from "./ForeignMemory.js";
export { fieldShape, sharedAxes, sizeOf } from "./fieldShape.js";
export { type ApplyOptions, backward, forward } from "./forward.js";
export { type FusedSelect, fusedSelect } from "./fusedSelect.js";
export { type GrowMaskOptions, growMask } from "./growMask.js";
export { denseLinear, type LinearOp } from "./linearOp.js";
export { checkWord, type KeyWords, type NoiseKey } from "./noiseKey.js";
export type { NoiseShape } from "./noiseShape.js";
export { type FieldPlan, planField } from "./planField.js";
export { checkRate, dropThreshold, type RateScalars, rateScalars } from "./rate.js";
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
export type {
  Axes,
  Expr,
  Field,
  Leaf,
  Learned,
  Op,
  Part,
  Place,
  Shape,
  Space,
  Variant,
} from "./seam.js";
export { type SelectOptions, selectField } from "./selectField.js";
export { checkName, partSite, siteHash } from "./site.js";
export type { Floats, Tensor } from "./tensor.js";
export { type AlphaDropoutOptions, alphaDropout } from "./variants/alphaDropout.js";
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
export {
  type VariationalDropoutOptions,
  variationalDropout,
} from "./variants/variationalDropout.js";
export { type ZoneoutOptions, zoneout } from "./variants/zoneout.js";
export { withChannels } from "./withChannels.js";
