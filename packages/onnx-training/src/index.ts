export { type GradientOptions, gradientModel } from "./gradientModel.js";
export { type CrossEntropyOptions, crossEntropy } from "./losses/crossEntropy.js";
export type { AddedLoss, Loss } from "./losses/Loss.js";
export { type AdamOptions, adam } from "./optimizers/adam.js";
export type { LearningRate, Optimizer, Update, Updated } from "./optimizers/Optimizer.js";
export { type SgdOptions, sgd } from "./optimizers/sgd.js";
export type { Checkpoint } from "./recompute/segmentsOf.js";
export type { Feeds, OrtLike } from "./runtime.js";
export { type RunResult, Trainer, type TrainerOptions } from "./Trainer.js";
