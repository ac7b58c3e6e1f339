/**
 * For writers of adapters: the seam, fields and keys, the reference, and engines. Users of dropout need none of it.
 * @packageDocumentation
 */

export { activationPart } from "./apply/activationPart.js";
export { type SelectOptions, selectField } from "./apply/selectField.js";
export {
  checkCount,
  checkDecay,
  checkNotNegative,
  checkPositive,
} from "./checks/checkOption.js";
export { checkOptions } from "./checks/checkOptions.js";
export { checkVariant } from "./checks/checkVariant.js";
export { ownedBy } from "./checks/ownedBy.js";
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
export { maskContractVersion } from "./field/drawMask.js";
export { drawNormal, type NormalOptions } from "./field/drawNormal.js";
export { drawPlan } from "./field/drawPlan.js";
export { drawUniform, type UniformOptions } from "./field/drawUniform.js";
export { fieldShape, sharedAxes, sizeOf } from "./field/fieldShape.js";
export { type GrowMaskOptions, growMask } from "./field/growMask.js";
export { type FieldPlan, planField } from "./field/planField.js";
export { checkWord, type KeyWords, type NoiseKey } from "./key/noiseKey.js";
export { checkName, partSite, siteHash } from "./key/site.js";
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
export {
  type FusedSelect,
  fusedSelect,
  type NumericSelect,
  numericSelect,
} from "./seam/fusedSelect.js";
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
} from "./seam/seam.js";
export { kebabCase } from "./variants/kebabCase.js";
export type { OptionKind, VariantEntry, VariantOption } from "./variants/VariantEntry.js";
export { makeVariant, variantTable } from "./variants/variantTable.js";
export { withChannels } from "./variants/withChannels.js";
