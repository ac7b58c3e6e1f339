import type { Rates } from "@dropoutkit/onnx/graph";
import type { BatchNormMode } from "../batchNorm/trainBatchNorms.js";
import type { Clipping } from "../graph/clipGradients.js";
import type { MaxNorm } from "../graph/holdNorms.js";
import type { LossOptions } from "../losses/withLoss.js";
import type { WhichWeights } from "../parameters/chooseNames.js";
import type { Recompute } from "../recompute/segmentsOf.js";
import type { SessionOptions } from "../runtime/SessionOptions.js";
import type { FlatGroupOptions } from "../state/FlatGroup.js";

export interface TrainerOptions extends LossOptions, FlatGroupOptions {
  /** Of the dropout masks: an integer in [0, 2^32). Default: 0, so runs are reproducible; vary it for others. */
  readonly seed?: number;
  /**
   * The weights that are trained: names, or patterns for them. Default: all finite float32 weights with axes that a
   * gradient reaches, and learned rates; `Trainer.parameters` lists them. Another scalar is trained where its name is
   * here, as in `[/./, "logit_scale"]`: most scalars of a model are constants.
   */
  readonly weights?: WhichWeights;
  /** How gradients are clipped before the optimizer sees them. Default: they are not. */
  readonly clip?: Clipping;
  /** A bound on the length of each unit's weights, held after each update. Default: none. */
  readonly maxNorm?: MaxNorm;
  /**
   * The statistics that BatchNormalization uses in training: the `batch`'s own, by which the running ones move,
   * or the `running` ones, which stay. Default: `batch`.
   */
  readonly batchNorm?: BatchNormMode;
  /** Batches whose mean gradient is one update, an integer >= 1. Default: 1. */
  readonly accumulate?: number;
  /** The dropout rates of a step, such as `cosineSchedule`: they become inputs. Default: those of the model. */
  readonly rates?: (step: number) => Rates;
  /**
   * The sizes that fed noise has and the inputs' shapes do not tell, such as `{ "rows.0": 6 }`, by the names that
   * `inferShapes` gives them. Sizes that a batch tells go before these. Default: none.
   */
  readonly dims?: Readonly<Record<string, number>>;
  /**
   * Trades time for memory: only these tensors are kept from the forward pass, and what else the backward pass reads
   * is computed again. `"auto"` picks about √n of the model's n nodes. Losses are equal to the bit where the runtime
   * fuses nothing in the one graph that it does not in the other: with `session.graphOptimizationLevel` `"basic"` or
   * `"disabled"`. Default: all that it reads is kept.
   */
  readonly recompute?: Recompute;
  /** Passed to onnxruntime. Default: its own execution provider on the CPU. */
  readonly session?: SessionOptions;
}
