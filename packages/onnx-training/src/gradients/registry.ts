import { Add } from "./Add.js";
import { activationRules } from "./activationRules.js";
import { BatchNormalization } from "./BatchNormalization.js";
import { Cast } from "./Cast.js";
import { Clip } from "./Clip.js";
import { Div } from "./Div.js";
import { Dropout } from "./Dropout.js";
import { extremum } from "./extremum.js";
import { Gelu } from "./Gelu.js";
import { Gemm } from "./Gemm.js";
import type { GradientRule } from "./GradientRule.js";
import { GroupNormalization } from "./GroupNormalization.js";
import { Identity } from "./Identity.js";
import { InstanceNormalization } from "./InstanceNormalization.js";
import { LayerNormalization } from "./LayerNormalization.js";
import { LpNormalization } from "./LpNormalization.js";
import { LRN } from "./LRN.js";
import { MatMul } from "./MatMul.js";
import { Mean } from "./Mean.js";
import { MeanVarianceNormalization } from "./MeanVarianceNormalization.js";
import { Mul } from "./Mul.js";
import { NegativeLogLikelihoodLoss } from "./NegativeLogLikelihoodLoss.js";
import { Pow } from "./Pow.js";
import { PRelu } from "./PRelu.js";
import { Reshape } from "./Reshape.js";
import { RMSNormalization } from "./RMSNormalization.js";
import { reductionRules } from "./reductionRules.js";
import { Scan } from "./Scan.js";
import { LogSoftmax, Softmax } from "./Softmax.js";
import { SoftmaxCrossEntropyLoss } from "./SoftmaxCrossEntropyLoss.js";
import { Sub } from "./Sub.js";
import { unaryRules } from "./unaryRules.js";
import { Where } from "./Where.js";

/**
 * The gradient of each standard operator that has one, by the operator's name: one import and one
 * entry each, in order of the alphabet, after the families that are a table of their own.
 */
export const gradientRules: Readonly<Record<string, GradientRule | undefined>> = {
  ...activationRules,
  ...reductionRules,
  ...unaryRules,
  Add,
  BatchNormalization,
  Cast,
  CastLike: Cast,
  Clip,
  Div,
  Dropout,
  Flatten: Reshape,
  Gelu,
  Gemm,
  GroupNormalization,
  Identity,
  InstanceNormalization,
  LRN,
  LayerNormalization,
  LogSoftmax,
  LpNormalization,
  MatMul,
  Max: extremum,
  Mean,
  MeanVarianceNormalization,
  Min: extremum,
  Mul,
  NegativeLogLikelihoodLoss,
  PRelu,
  Pow,
  RMSNormalization,
  Reshape,
  Scan,
  Softmax,
  SoftmaxCrossEntropyLoss,
  Sub,
  Sum: Add,
  Where,
};
