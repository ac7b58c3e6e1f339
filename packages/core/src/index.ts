export type { ApplyOptions } from "./apply/ApplyOptions.js";
export { backward, forward } from "./apply/forward.js";
export { type SelectOptions, selectField } from "./apply/selectField.js";
export {
  type DenseArrays,
  type DenseGradients,
  type DenseOptions,
  denseBackward,
  denseForward,
} from "./dense/denseLayer.js";
export { Arena } from "./engine/Arena.js";
export {
  ForeignMemory,
  type ForeignMemoryOptions,
  type MemoryLike,
} from "./engine/ForeignMemory.js";
export { type EvaluatePartOptions, evaluatePart } from "./evaluate/evaluatePart.js";
export { evaluatePenalty } from "./evaluate/evaluatePenalty.js";
export type { Evaluation, Leaves } from "./evaluate/evaluation.js";
export { denseLinear, type LinearOp } from "./evaluate/linearOp.js";
export type { Floats, Tensor } from "./evaluate/tensor.js";
export { type BoundField, boundField } from "./field/boundField.js";
export type { DrawFieldOptions } from "./field/DrawFieldOptions.js";
export { type DrawnField, drawField } from "./field/drawField.js";
export { drawMask, type MaskOptions, maskContractVersion } from "./field/drawMask.js";
export { drawNormal, type NormalOptions } from "./field/drawNormal.js";
export { drawPlan } from "./field/drawPlan.js";
export { drawUniform, type UniformOptions } from "./field/drawUniform.js";
export { fieldShape, sharedAxes, sizeOf } from "./field/fieldShape.js";
export { type GrowMaskOptions, growMask } from "./field/growMask.js";
export { type FieldPlan, planField } from "./field/planField.js";
export { derive } from "./key/derive.js";
export { checkWord, type KeyWords, type NoiseKey } from "./key/noiseKey.js";
export { checkName, partSite, siteHash } from "./key/site.js";
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
} from "./seam/expr.js";
export { type FusedSelect, fusedSelect } from "./seam/fusedSelect.js";
export { checkRate, dropThreshold, type RateScalars, rateScalars } from "./seam/rate.js";
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
} from "./seam/seam.js";
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
export {
  type VariationalDropoutOptions,
  variationalDropout,
} from "./variants/variationalDropout.js";
export { withChannels } from "./variants/withChannels.js";
export { type ZoneoutOptions, zoneout } from "./variants/zoneout.js";
