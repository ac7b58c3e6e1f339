import { Add } from "./Add.js";
import { Attention } from "./Attention.js";
import { AveragePool } from "./AveragePool.js";
import { activationRules } from "./activationRules.js";
import { BatchNormalization } from "./BatchNormalization.js";
import { Cast } from "./Cast.js";
import { Clip } from "./Clip.js";
import { Conv } from "./Conv.js";
import { ConvTranspose } from "./ConvTranspose.js";
import { DepthToSpace, SpaceToDepth } from "./DepthToSpace.js";
import { Div } from "./Div.js";
import { Dropout } from "./Dropout.js";
import { Einsum } from "./Einsum.js";
import { extremum } from "./extremum.js";
import { Gelu } from "./Gelu.js";
import { Gemm } from "./Gemm.js";
import type { GradientRule } from "./GradientRule.js";
import { GroupNormalization } from "./GroupNormalization.js";
import { globalPoolRules } from "./globalPoolRules.js";
import { Identity } from "./Identity.js";
import { InstanceNormalization } from "./InstanceNormalization.js";
import { LayerNormalization } from "./LayerNormalization.js";
import { LpNormalization } from "./LpNormalization.js";
import { LpPool } from "./LpPool.js";
import { LRN } from "./LRN.js";
import { MatMul } from "./MatMul.js";
import { MaxPool } from "./MaxPool.js";
import { Mean } from "./Mean.js";
import { MeanVarianceNormalization } from "./MeanVarianceNormalization.js";
import { Mul } from "./Mul.js";
import { NegativeLogLikelihoodLoss } from "./NegativeLogLikelihoodLoss.js";
import { Pow } from "./Pow.js";
import { PRelu } from "./PRelu.js";
import { Reshape } from "./Reshape.js";
import { RMSNormalization } from "./RMSNormalization.js";
import { RotaryEmbedding } from "./RotaryEmbedding.js";
import { reductionRules } from "./reductionRules.js";
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
  ...globalPoolRules,
  ...reductionRules,
  ...unaryRules,
  Add,
  Attention,
  AveragePool,
  BatchNormalization,
  Cast,
  CastLike: Cast,
  Clip,
  Conv,
  ConvTranspose,
  DepthToSpace,
  Div,
  Dropout,
  Einsum,
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
  LpPool,
  MatMul,
  Max: extremum,
  MaxPool,
  Mean,
  MeanVarianceNormalization,
  Min: extremum,
  Mul,
  NegativeLogLikelihoodLoss,
  PRelu,
  Pow,
  RMSNormalization,
  Reshape,
  RotaryEmbedding,
  Softmax,
  SoftmaxCrossEntropyLoss,
  SpaceToDepth,
  Sub,
  Sum: Add,
  Where,
};
