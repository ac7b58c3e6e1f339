import { Add } from "./Add.js";
import { Attention } from "./Attention.js";
import { AveragePool } from "./AveragePool.js";
import { activationRules } from "./activationRules.js";
import { BatchNormalization } from "./BatchNormalization.js";
import { Cast } from "./Cast.js";
import { Clip } from "./Clip.js";
import { Concat } from "./Concat.js";
import { Conv } from "./Conv.js";
import { ConvTranspose } from "./ConvTranspose.js";
import { DepthToSpace, SpaceToDepth } from "./DepthToSpace.js";
import { Div } from "./Div.js";
import { Dropout } from "./Dropout.js";
import { Einsum } from "./Einsum.js";
import { Expand } from "./Expand.js";
import { extremum } from "./extremum.js";
import { Gather } from "./Gather.js";
import { Gelu } from "./Gelu.js";
import { Gemm } from "./Gemm.js";
import type { GradientRule } from "./GradientRule.js";
import { GroupNormalization } from "./GroupNormalization.js";
import { globalPoolRules } from "./globalPoolRules.js";
import { Identity } from "./Identity.js";
import { If } from "./If.js";
import { InstanceNormalization } from "./InstanceNormalization.js";
import { LayerNormalization } from "./LayerNormalization.js";
import { LpNormalization } from "./LpNormalization.js";
import { LpPool } from "./LpPool.js";
import { LRN } from "./LRN.js";
import { CumSum, selfAdjoint } from "./linearMoves.js";
import { MatMul } from "./MatMul.js";
import { MaxPool } from "./MaxPool.js";
import { Mean } from "./Mean.js";
import { MeanVarianceNormalization } from "./MeanVarianceNormalization.js";
import { Mul } from "./Mul.js";
import { gathered, picked } from "./movedEntries.js";
import { NegativeLogLikelihoodLoss } from "./NegativeLogLikelihoodLoss.js";
import { OneHot } from "./OneHot.js";
import { Pad } from "./Pad.js";
import { Pow } from "./Pow.js";
import { PRelu } from "./PRelu.js";
import { Range } from "./Range.js";
import { Reshape } from "./Reshape.js";
import { Resize } from "./Resize.js";
import { RMSNormalization } from "./RMSNormalization.js";
import { RotaryEmbedding } from "./RotaryEmbedding.js";
import { reductionRules } from "./reductionRules.js";
import { Scan } from "./Scan.js";
import { Slice } from "./Slice.js";
import { LogSoftmax, Softmax } from "./Softmax.js";
import { SoftmaxCrossEntropyLoss } from "./SoftmaxCrossEntropyLoss.js";
import { Split } from "./Split.js";
import { Squeeze, Unsqueeze } from "./Squeeze.js";
import { Sub } from "./Sub.js";
import { Scatter, ScatterElements, ScatterND } from "./scattered.js";
import { Tile } from "./Tile.js";
import { TopK } from "./TopK.js";
import { Transpose } from "./Transpose.js";
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
  Compress: picked,
  Concat,
  Conv,
  ConvTranspose,
  CumSum,
  DepthToSpace,
  Div,
  Dropout,
  Einsum,
  Expand,
  Flatten: Reshape,
  Gather,
  GatherElements: gathered,
  GatherND: gathered,
  Gelu,
  Gemm,
  GroupNormalization,
  Identity,
  InstanceNormalization,
  LRN,
  LayerNormalization,
  If,
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
  OneHot,
  PRelu,
  Pad,
  Pow,
  RMSNormalization,
  Range,
  Reshape,
  Resize,
  ReverseSequence: selfAdjoint,
  RotaryEmbedding,
  Scan,
  Scatter,
  ScatterElements,
  ScatterND,
  Slice,
  Softmax,
  SoftmaxCrossEntropyLoss,
  SpaceToDepth,
  Split,
  Squeeze,
  Sub,
  Sum: Add,
  Tile,
  TopK,
  Transpose,
  Trilu: selfAdjoint,
  Unsqueeze,
  Upsample: Resize,
  Where,
};
