import { checkOptions } from "@dropoutkit/core/adapter";
import { type ModelLike, type OnnxModel, untieWeights } from "@dropoutkit/onnx";
import { type Bytes, modelOf } from "@dropoutkit/onnx/graph";
import { readCheckpoint } from "../checkpoint/readCheckpoint.js";
import { checkSettings, type FixedSettings } from "../checkpoint/settingsOf.js";
import type { NodeOnCpu } from "../fallback/nodesOnCpu.js";
import { type FitOptions, type FitResult, fit } from "../fit/fit.js";
import type { RunResult } from "../runtime/Runner.js";
import type { Feeds, OrtLike, Tensor } from "../runtime/runtime.js";
import { planTraining } from "./planTraining.js";
import type { TrainerOptions } from "./TrainerOptions.js";
import { type GradientResult, type TrainedParameter, Training } from "./Training.js";

interface OpenOptions<T extends Tensor> {
  readonly ort: OrtLike<T>;
  readonly base: OnnxModel;
  readonly options: TrainerOptions;
  /** What a checkpoint says of the run that is resumed. */
  readonly recorded?: FixedSettings;
}

/** The planned training, without its sessions. */
function openTraining<T extends Tensor>({
  ort,
  base,
  options,
  recorded,
}: OpenOptions<T>): Training<T> {
  const plan = planTraining(base, checkOptions("Trainer", options));
  if (recorded !== undefined) checkSettings(recorded, plan.settings);
  return new Training({ ort, base, options, plan });
}

/**
 * Trains an ONNX model in onnxruntime: forward, backward and update run as one graph of plain
 * operators, on the providers `cpu`, `wasm` and `webgpu`. Dropout that `insertDropout` put in is on in `step`, and
 * off in `evaluate` and `exportModel`.
 */
export class Trainer<T extends Tensor = Tensor> {
  readonly #training: Training<T>;
  #isBusy = false;
  #isDisposed = false;

  private constructor(training: Training<T>) {
    this.#training = training;
  }

  /**
   * Builds the training graph and opens a session for it.
   * @param ort The runtime: `import * as ort from "onnxruntime-web"` (1.18 or later), its `/wasm` or `/webgpu`, or `onnxruntime-node`.
   * @param model The model to train, with the dropout that it shall have; it is not changed.
   * @throws {Error} If the model, the loss or an option do not fit each other, or an operator has no gradient.
   * @throws {TypeError} If a weight that shall be trained does not hold float32.
   * @throws {RangeError} If a number is out of its range.
   */
  static async create<T extends Tensor>(
    ort: OrtLike<T>,
    model: ModelLike,
    options: TrainerOptions,
  ): Promise<Trainer<T>> {
    const base = untieWeights(modelOf("Trainer", model));
    const training = openTraining({ ort, base, options });
    await training.open();
    return new Trainer(training);
  }

  /**
   * Goes on where `checkpoint` was called: the steps that follow are those that would have followed
   * there, to the bit on the same build of the runtime, execution provider and number of threads.
   * @param checkpoint What `checkpoint` returned.
   * @param options Those of the run that is resumed: a file holds no functions. The seed is the file's. Others may be
   * the learning rates, the dropout rates, `recompute` and `session`; the steps before it stay what they were.
   * @throws {Error} If it is no checkpoint, or another option is not that of the run.
   */
  static async resume<T extends Tensor>(
    ort: OrtLike<T>,
    checkpoint: ModelLike,
    options: Omit<TrainerOptions, "seed">,
  ): Promise<Trainer<T>> {
    const { base, record, tensors } = readCheckpoint(modelOf("Trainer.resume", checkpoint));
    const given = { ...checkOptions("Trainer.resume", options), seed: record.seed };
    const training = openTraining({ ort, base, options: given, recorded: record.settings });
    for (const [name, data] of tensors) training.state.write(name, data);
    training.progress = record.progress;
    await training.open();
    return new Trainer(training);
  }

  /** The weights that are trained, in the order of the model, group by group. */
  get parameters(): readonly TrainedParameter[] {
    return this.#training.parameters;
  }

  /** Batches that were trained on; the next one draws its masks at this step. */
  get steps(): number {
    return this.#training.progress.steps;
  }

  /** Times that the parameters moved: `steps`, but for `accumulate` and `gradients`. Learning rates count these. */
  get updates(): number {
    return this.#training.progress.updates;
  }

  /**
   * One training step: draws masks, computes loss and gradients over the batch, moves the parameters; with
   * `accumulate` at every so many batches, by the mean of their gradients.
   * @param batch The model's inputs and the loss's, by name; for `crossEntropy` int64 `labels` `[batch]`.
   * @returns The loss and the outputs with dropout on, from before the update.
   * @throws {Error} If feeds do not fit the model, the last call has not ended, the trainer is
   * disposed, or the loss or a gradient is not finite; all is then as it was.
   */
  step(batch: Feeds): Promise<RunResult<T>> {
    return this.#alone("Trainer.step", () => this.#training.step(batch));
  }

  /**
   * The gradients of a batch, for `apply`: here, or averaged with those of others. Draws masks and moves
   * running statistics as `step` does, and leaves the parameters as they are.
   * @throws {Error} As `step`.
   */
  gradients(batch: Feeds): Promise<GradientResult<T>> {
    return this.#alone("Trainer.gradients", () => this.#training.gradients(batch));
  }

  /**
   * Moves the parameters by gradients, those of `gradients` or any others, clipped as those of `step`.
   * @throws {Error} If a parameter has none, or a name is no parameter's.
   * @throws {TypeError} If they are not float32.
   * @throws {RangeError} If a shape is not its parameter's, or an entry is not finite.
   */
  apply(gradients: Feeds): Promise<void> {
    return this.#alone("Trainer.apply", () => this.#training.apply(gradients));
  }

  /**
   * Loss and outputs of a batch with the present parameters and dropout off.
   * @throws {Error} If feeds do not fit the model, the last call has not ended, or the trainer is disposed.
   */
  evaluate(batch: Feeds): Promise<RunResult<T>> {
    return this.#alone("Trainer.evaluate", () => this.#training.evaluate(batch));
  }

  /**
   * Steps over batches, epoch by epoch, with the loss of validation data after each.
   * @throws {Error} If an epoch has no batches, or as `step`; with `signal.reason` once it is aborted. The
   * steps that were taken stay.
   * @throws {RangeError} If a number is out of its range.
   */
  fit(options: FitOptions): Promise<FitResult> {
    const trainer = {
      step: (batch: Feeds) => this.step(batch),
      evaluate: (batch: Feeds) => this.evaluate(batch),
      state: this.#training.state,
    };
    return fit(trainer, options);
  }

  /**
   * The trained model for inference: dropout taken out, BatchNormalization by the running statistics, which training
   * has moved, weights in their places, all else as it was given.
   */
  exportModel(): Promise<OnnxModel> {
    return this.#still("Trainer.exportModel", () => this.#training.exportModel());
  }

  /** An .onnx file of the model with its dropout, the weights, the optimizer's state, the seed and the counts, for `resume`. */
  checkpoint(): Promise<Bytes> {
    return this.#still("Trainer.checkpoint", () => this.#training.checkpoint());
  }

  /**
   * The nodes of a step for which the execution providers in `session`, such as `webgpu`, have no kernel, so that the
   * CPU runs them, wholly or in part; none where `session` names no other than the CPU. Asks the runtime about each
   * kind of node by itself, in a session that may not use the CPU, so it takes a while.
   * @throws {Error} If the shape of a tensor is not known, the last call has not ended, or the trainer is disposed.
   */
  nodesOnCpu(): Promise<readonly NodeOnCpu[]> {
    return this.#alone("Trainer.nodesOnCpu", () => this.#training.nodesOnCpu());
  }

  /** Closes the sessions: no step and no evaluation after it, but the trained model can still be exported. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    await this.#still("Trainer.dispose", () => {
      this.#isDisposed = true;
      return this.#training.close();
    });
  }

  #alone<R>(owner: string, work: () => Promise<R>): Promise<R> {
    return this.#still(owner, () => {
      if (this.#isDisposed) throw new Error(`${owner}: trainer must be open, got a disposed one`);
      return work();
    });
  }

  /** Works while nothing else does: a step replaces the state, and frees it on a GPU. */
  async #still<R>(owner: string, work: () => Promise<R>): Promise<R> {
    if (this.#isBusy) throw new Error(`${owner}: the last call must have ended, got another`);
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }
}
