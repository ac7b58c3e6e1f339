export { type GradientOptions, gradientModel } from "./backward/gradientModel.js";
export type { BatchNormMode } from "./batchNorm/trainBatchNorms.js";
export type { NodeOnCpu } from "./fallback/nodesOnCpu.js";
export type { Batches } from "./fit/batches.js";
export type {
  AbortSignalLike,
  BatchReport,
  EarlyStopping,
  EpochReport,
  FitOptions,
  FitResult,
} from "./fit/fit.js";
export type { Clipping } from "./graph/clipGradients.js";
export type { MaxNorm } from "./graph/holdNorms.js";
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./losses/binaryCrossEntropy.js";
export { type CrossEntropyOptions, crossEntropy } from "./losses/crossEntropy.js";
export { type HuberOptions, huber } from "./losses/huber.js";
export { type KlDivergenceOptions, klDivergence } from "./losses/klDivergence.js";
export type { AddedLoss, Loss, Penalty } from "./losses/Loss.js";
export { type L2Options, l2 } from "./losses/l2.js";
export { meanAbsoluteError } from "./losses/meanAbsoluteError.js";
export { meanSquaredError } from "./losses/meanSquaredError.js";
export type { RegressionOptions } from "./losses/RegressionOptions.js";
export { type VariantPenaltyOptions, variantPenalty } from "./losses/variantPenalty.js";
export { type AdagradOptions, adagrad } from "./optimizers/adagrad.js";
export { adam } from "./optimizers/adam.js";
export type { AdamOptions } from "./optimizers/adamMoments.js";
export { type AdamWOptions, adamW } from "./optimizers/adamW.js";
export type { LearningRate } from "./optimizers/LearningRate.js";
export { type LionOptions, lion } from "./optimizers/lion.js";
export type { Optimizer, Update, Updated } from "./optimizers/Optimizer.js";
export { type RmsPropOptions, rmsProp } from "./optimizers/rmsProp.js";
export { type SgdOptions, sgd } from "./optimizers/sgd.js";
export type { WhichWeights } from "./parameters/chooseNames.js";
export type { Recompute } from "./recompute/segmentsOf.js";
export type { RunResult } from "./runtime/Runner.js";
export type { Feeds, OrtLike, Session, Tensor } from "./runtime/runtime.js";
export type { ExecutionProvider, SessionOptions } from "./runtime/SessionOptions.js";
export type { WeightGroup } from "./state/FlatGroup.js";
export type { Settings } from "./trainer/Settings.js";
export { Trainer } from "./trainer/Trainer.js";
export type { TrainerOptions } from "./trainer/TrainerOptions.js";
export type { GradientResult, TrainedParameter } from "./trainer/Training.js";
