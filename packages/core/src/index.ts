export { Arena } from "./Arena.js";
export {
  type DenseArrays,
  type DenseGradients,
  type DenseOptions,
  denseBackward,
  denseForward,
} from "./denseLayer.js";
export { derive } from "./derive.js";
export { drawMask, type MaskOptions, maskContractVersion } from "./drawMask.js";
export { drawUniform, type UniformOptions } from "./drawUniform.js";
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
  sub,
  sum,
} from "./expr.js";
export { fieldShape, sharedAxes, sizeOf } from "./fieldShape.js";
export { type ApplyOptions, backward, forward } from "./forward.js";
export { type FusedSelect, fusedSelect } from "./fusedSelect.js";
export { checkWord, type NoiseKey } from "./noiseKey.js";
export { checkRate, dropThreshold, type RateScalars, rateScalars } from "./rate.js";
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
  Variant,
} from "./seam.js";
export { partSite, siteHash } from "./site.js";
export { type DropoutOptions, dropout } from "./variants/dropout.js";
