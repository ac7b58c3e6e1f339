import {
  encodeModel,
  type ModelLike,
  modelOf,
  type OnnxModel,
  sitesOf,
  stripDropout,
} from "@dropoutkit/onnx";
import { checkRecord } from "./checkpoint/CheckpointRecord.js";
import { checkpointModel } from "./checkpoint/checkpointModel.js";
import { readCheckpoint } from "./checkpoint/readCheckpoint.js";
import { withWeights } from "./checkpoint/withWeights.js";
import { type FitOptions, type FitResult, fit } from "./fit/fit.js";
import { flattenGradients } from "./flattenGradients.js";
import { sumOf } from "./graph/gradientSumModel.js";
import { valuesOf } from "./graph/TrainingPlan.js";
import { NoiseFeeds } from "./NoiseFeeds.js";
import { type PlannedTraining, planTraining } from "./planTraining.js";
import type { Runner, RunResult } from "./Runner.js";
import type { Feeds, OrtLike, Tensor } from "./runtime.js";
import { ScalarFeeds } from "./ScalarFeeds.js";
import { Sessions } from "./Sessions.js";
import { entriesOf, type FlatGroup, nextOf } from "./state/FlatGroup.js";
import { TrainingState } from "./state/TrainingState.js";
import type { TrainerOptions } from "./TrainerOptions.js";

/** What a run gives that ends at the gradients. */
export interface GradientResult extends RunResult {
  /** The loss's gradient by each parameter, by the parameters' names. */
  readonly gradients: Readonly<Record<string, Tensor>>;
}

/** How far a training is. */
export interface Progress {
  /** Batches whose masks were drawn. */
  readonly steps: number;
  /** Times that the parameters moved. */
  readonly updates: number;
  /** Batches whose gradients wait for the next update. */
  readonly accumulated: number;
}

interface Made {
  readonly ort: OrtLike;
  readonly base: OnnxModel;
  readonly options: TrainerOptions;
  readonly plan: PlannedTraining;
}

/**
 * Trains an ONNX model in onnxruntime: forward, backward and update run as one graph of plain
 * operators, in any flavour of the runtime. Dropout that `insertDropout` put in is on in `step`, and
 * off in `evaluate` and `exportModel`.
 */
export class Trainer {
  readonly #made: Made;
  readonly #sessions: Sessions;
  readonly #noise: NoiseFeeds;
  readonly #scalars: ScalarFeeds;
  readonly #state: TrainingState;
  #progress: Progress = { steps: 0, updates: 0, accumulated: 0 };
  #isBusy = false;
  #isDisposed = false;

  private constructor(made: Made) {
    const { ort, plan } = made;
    this.#made = made;
    this.#sessions = new Sessions(made);
    this.#noise = new NoiseFeeds({ ort, sites: sitesOf(plan.model), seed: plan.seed });
    this.#scalars = new ScalarFeeds(ort, plan.groups);
    this.#state = new TrainingState(ort, plan);
  }

  /**
   * Builds the training graph and opens a session for it.
   * @param ort The runtime: `import * as ort from "onnxruntime-web"`, or another flavour of it.
   * @param model The model to train, with the dropout that it shall have; it is not changed.
   * @throws {Error} If the model, the loss or an option do not fit each other, or an operator has no gradient.
   * @throws {RangeError} If a number is out of its range.
   */
  static async create(ort: OrtLike, model: ModelLike, options: TrainerOptions): Promise<Trainer> {
    const base = modelOf("Trainer", model);
    const trainer = new Trainer({ ort, base, options, plan: planTraining(base, options) });
    await trainer.#open();
    return trainer;
  }

  /**
   * Goes on where `checkpoint` was called: the steps that follow are those that would have followed
   * there, to the bit on the same build of the runtime, execution provider and number of threads.
   * @param checkpoint What `checkpoint` returned.
   * @param options Those of the run that is resumed: a file holds no functions. The seed is the file's.
   * @throws {Error} If it is no checkpoint, or of a training by other parameters or optimizers.
   */
  static async resume(
    ort: OrtLike,
    checkpoint: ModelLike,
    options: Omit<TrainerOptions, "seed">,
  ): Promise<Trainer> {
    const { base, record, tensors } = readCheckpoint(modelOf("Trainer.resume", checkpoint));
    const seeded = { ...options, seed: record.seed };
    const plan = planTraining(base, seeded);
    checkRecord(record, plan);
    const trainer = new Trainer({ ort, base, options: seeded, plan });
    for (const [name, data] of tensors) trainer.#state.write(name, data);
    trainer.#progress = record.progress;
    await trainer.#open();
    return trainer;
  }

  /** Batches that were trained on; the next one draws its masks at this step. */
  get steps(): number {
    return this.#progress.steps;
  }

  /** Times that the parameters moved: `steps`, but for `accumulate` and `gradients`. Learning rates count these. */
  get updates(): number {
    return this.#progress.updates;
  }

  /**
   * One training step: draws masks, computes loss and gradients over the batch, moves the parameters; with
   * `accumulate` at every so many batches, by the mean of their gradients.
   * @param batch The model's inputs and the loss's, by name; for `crossEntropy` int64 `labels` `[batch]`.
   * @returns The loss and the outputs with dropout on, from before the update.
   * @throws {Error} If feeds do not fit the model, the last step has not ended, the trainer is
   * disposed, or the loss is not finite; the parameters are then as they were.
   */
  step(batch: Feeds): Promise<RunResult> {
    const { accumulate } = this.#made.plan;
    return this.#alone("Trainer.step", () =>
      accumulate === 1 ? this.#wholeStep(batch) : this.#partOfStep(batch, accumulate),
    );
  }

  /**
   * The gradients of a batch, for `apply`: here, or averaged with those of others. Draws masks as `step`
   * does, and leaves the parameters as they are.
   * @throws {Error} As `step`.
   */
  gradients(batch: Feeds): Promise<GradientResult> {
    return this.#alone("Trainer.gradients", async () => {
      const { ort, plan } = this.#made;
      const runner = await this.#sessions.gradients();
      const feeds = { ...this.#zeros(), ...this.#scalars.share(1) };
      const { result, results } = await this.#forward("Trainer.gradients", {
        runner,
        batch,
        feeds,
      });
      this.#state.advance(results, plan.statistics === undefined ? [] : [plan.statistics.name]);
      this.#progress = { ...this.#progress, steps: this.steps + 1 };
      const gradients: Record<string, Tensor> = {};
      for (const group of plan.groups) {
        const flat = await TrainingState.take(results[nextOf(sumOf(group))]);
        const entries = entriesOf(group, flat);
        for (const { name, dims } of group.parameters) {
          gradients[name] = new ort.Tensor("float32", entries.get(name) ?? flat, dims);
        }
      }
      return { ...result, gradients };
    });
  }

  /**
   * Moves the parameters by gradients, those of `gradients` or any others.
   * @throws {Error} If a parameter has none, or a name is no parameter's.
   * @throws {TypeError} If they are not float32.
   * @throws {RangeError} If a shape is not its parameter's.
   */
  apply(gradients: Readonly<Record<string, Tensor>>): Promise<void> {
    return this.#alone("Trainer.apply", async () => {
      const { ort, plan } = this.#made;
      const flat: Record<string, Tensor> = {};
      for (const [name, data] of flattenGradients(plan.groups, gradients)) {
        flat[name] = new ort.Tensor("float32", data, [data.length]);
      }
      await this.#update(flat);
    });
  }

  /**
   * Loss and outputs of a batch with the present parameters and dropout off.
   * @throws {Error} If feeds do not fit the model, or the trainer is disposed.
   */
  async evaluate(batch: Feeds): Promise<RunResult> {
    this.#checkOpen("Trainer.evaluate");
    const runner = await this.#sessions.evaluation();
    runner.check("Trainer.evaluate", batch);
    const weights = this.#values();
    return runner.resultOf(await runner.run({ ...batch, ...weights }));
  }

  /**
   * Steps over batches, epoch by epoch, with the loss of validation data after each.
   * @throws {Error} If an epoch has no batches, or as `step`; with `signal.reason` once it is aborted. The steps
   * that were taken stay.
   * @throws {RangeError} If a number is out of its range.
   */
  fit(options: FitOptions): Promise<FitResult> {
    const { step, evaluate } = this;
    return fit(
      { step: step.bind(this), evaluate: evaluate.bind(this), state: this.#state },
      options,
    );
  }

  /** The trained model for inference: dropout taken out, weights in their places, all else as it was given. */
  async exportModel(): Promise<OnnxModel> {
    return withWeights(stripDropout(this.#made.base), await this.#weights());
  }

  /** An .onnx file of the model with its dropout, its weights, the optimizer's state, the seed and the progress, for `Trainer.resume`. */
  checkpoint(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#whileStill("Trainer.checkpoint", async () => {
      const { base, plan } = this.#made;
      const tensors = new Map<string, Float32Array>();
      for (const name of this.#state.names) tensors.set(name, await this.#state.read(name));
      const model = withWeights(base, await this.#weights());
      return encodeModel(checkpointModel(model, { plan, tensors, progress: this.#progress }));
    });
  }

  /** Closes the sessions: no step and no evaluation after it, but the trained model can still be exported. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    await this.#state.toHost();
    await this.#sessions.release();
  }

  async #open(): Promise<void> {
    if (this.#made.plan.accumulate === 1) await this.#sessions.step();
    else await Promise.all([this.#sessions.gradients(), this.#sessions.update()]);
  }

  #checkOpen(owner: string): void {
    if (this.#isDisposed) throw new Error(`${owner}: trainer must be open, got a disposed one`);
  }

  #alone<T>(owner: string, work: () => Promise<T>): Promise<T> {
    return this.#whileStill(owner, async () => {
      this.#checkOpen(owner);
      return work();
    });
  }

  /** Runs what needs the state to stay as it is. */
  async #whileStill<T>(owner: string, work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) throw new Error(`${owner}: the last step must have ended, got another call`);
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }

  async #wholeStep(batch: Feeds): Promise<RunResult> {
    const runner = await this.#sessions.step();
    const feeds = { ...this.#state.feeds(), ...this.#scalars.optimizers(this.updates) };
    const { result, results } = await this.#forward("Trainer.step", { runner, batch, feeds });
    this.#state.advance(results);
    this.#progress = { steps: this.steps + 1, updates: this.updates + 1, accumulated: 0 };
    return result;
  }

  async #partOfStep(batch: Feeds, accumulate: number): Promise<RunResult> {
    const runner = await this.#sessions.gradients();
    const { groups } = this.#made.plan;
    const sums = groups.map(sumOf);
    const feeds = { ...this.#state.feeds(sums), ...this.#scalars.share(1 / accumulate) };
    const { result, results } = await this.#forward("Trainer.step", { runner, batch, feeds });
    this.#state.advance(results);
    const { steps, updates, accumulated } = this.#progress;
    this.#progress = { steps: steps + 1, updates, accumulated: accumulated + 1 };
    if (this.#progress.accumulated === accumulate) {
      await this.#update(this.#state.feeds(sums));
      this.#state.clear(sums);
    }
    return result;
  }

  /** Runs a batch with masks, and checks its loss. */
  async #forward(
    owner: string,
    {
      runner,
      batch,
      feeds,
    }: { readonly runner: Runner; readonly batch: Feeds; readonly feeds: Feeds },
  ): Promise<{ readonly result: RunResult; readonly results: Feeds }> {
    const sizes = runner.check(owner, batch);
    const { options } = this.#made;
    const { steps: step } = this;
    const noise = this.#noise.draw({ step, rates: options.rates?.(step) }, sizes);
    const results = await runner.run({ ...batch, ...this.#values(), ...feeds, ...noise });
    const result = runner.resultOf(results);
    if (Number.isFinite(result.loss)) return { result, results };
    TrainingState.discard(results);
    throw new Error(`${owner}: loss must be finite, got ${result.loss} at step ${step}`);
  }

  async #update(gradients: Feeds): Promise<void> {
    const runner = await this.#sessions.update();
    const { statistics } = this.#made.plan;
    const moved = this.#state.names.filter((name) => name !== statistics?.name);
    const scalars = this.#scalars.optimizers(this.updates);
    const feeds = { ...this.#state.feeds(moved), ...gradients, ...scalars };
    this.#state.advance(await runner.run(feeds));
    this.#progress = { ...this.#progress, updates: this.updates + 1, accumulated: 0 };
  }

  /** Sums of gradients before there are any. */
  #zeros(): Feeds {
    const { ort, plan } = this.#made;
    const zeros = ({ size }: FlatGroup): Tensor =>
      new ort.Tensor("float32", new Float32Array(size), [size]);
    return Object.fromEntries(plan.groups.map((group) => [sumOf(group), zeros(group)]));
  }

  /** What stands in the place of the model's weights. */
  #values(): Feeds {
    return this.#state.feeds(valuesOf(this.#made.plan).map(({ name }) => name));
  }

  async #weights(): Promise<ReadonlyMap<string, Float32Array>> {
    const weights = new Map<string, Float32Array>();
    for (const tensor of valuesOf(this.#made.plan)) {
      const entries = entriesOf(tensor, await this.#state.read(tensor.name));
      for (const [name, data] of entries) weights.set(name, data);
    }
    return weights;
  }
}
