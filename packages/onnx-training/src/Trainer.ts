import { checkWord } from "@dropoutkit/core";
import {
  copyMessage,
  copyModel,
  DROPOUT_KEY,
  drawFeeds,
  encodeModel,
  type ModelLike,
  makeTensor,
  makeValueInfo,
  modelOf,
  type OnnxModel,
  type Site,
  sitesOf,
  stripDropout,
} from "@dropoutkit/onnx";
import { checkFeeds, type FeedInput, feedInputs } from "./feeds.js";
import type { AddedLoss, Loss } from "./losses/Loss.js";
import type { Optimizer } from "./optimizers/Optimizer.js";
import { type Parameter, parametersOf, weightsToInputs } from "./parameters.js";
import type { Feeds, InferenceSession, OrtLike, Tensor } from "./runtime.js";
import { nextOf, scalarInput, trainingModel } from "./trainingModel.js";

export interface TrainerOptions {
  /** What is minimised. */
  readonly loss: Loss;
  /** How parameters move. */
  readonly optimizer: Optimizer;
  /** Of the dropout masks: an integer in [0, 2^32). Default: 0, so runs are reproducible; vary it for others. */
  readonly seed?: number;
  /** Names of the weights that are trained. Default: all float32 weights that the loss depends on. */
  readonly trainable?: readonly string[];
  /** Passed to onnxruntime; execution provider `wasm` if it names none. */
  readonly session?: InferenceSession.SessionOptions;
}

/** What a run gives: the loss of its batch, and the model's own outputs by their names. */
export interface RunResult {
  readonly loss: number;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** A session of the model with its loss, and what is known of it beside. */
interface Runner {
  readonly session: InferenceSession;
  readonly loss: AddedLoss;
  /** What the caller feeds. */
  readonly inputs: readonly FeedInput[];
  /** The model's own outputs. */
  readonly outputs: readonly string[];
}

/**
 * Trains an ONNX model in onnxruntime: forward, backward and update run as one graph of plain
 * operators, in any flavour of the runtime. Dropout that `insertDropout` put in is on in `step`, and
 * off in `evaluate` and `exportModel`.
 */
export class Trainer {
  readonly #ort: OrtLike;
  readonly #base: OnnxModel;
  readonly #options: TrainerOptions;
  readonly #seed: number;
  readonly #parameters: readonly Parameter[];
  readonly #sites: readonly Site[];
  readonly #training: Runner;
  /** Weights and the optimizer's state, by the names of their inputs. */
  #state: ReadonlyMap<string, Tensor>;
  #evaluation: Promise<Runner> | undefined;
  #steps = 0;
  #stepping = false;
  #disposed = false;

  private constructor(made: {
    readonly ort: OrtLike;
    readonly base: OnnxModel;
    readonly options: TrainerOptions;
    readonly seed: number;
    readonly parameters: readonly Parameter[];
    readonly training: Runner;
    readonly state: ReadonlyMap<string, Tensor>;
  }) {
    this.#ort = made.ort;
    this.#base = made.base;
    this.#options = made.options;
    this.#seed = made.seed;
    this.#parameters = made.parameters;
    this.#sites = sitesOf(made.base);
    this.#training = made.training;
    this.#state = made.state;
  }

  /**
   * Builds the training graph and opens a session for it.
   * @param ort The runtime: `import * as ort from "onnxruntime-web"`, or another flavour of it.
   * @param model The model to train, with the dropout that it shall have; it is not changed.
   * @throws {Error} If the model, the loss or `trainable` do not fit each other, or an operator has no gradient.
   * @throws {RangeError} If `seed` is no integer in [0, 2^32).
   */
  static async create(ort: OrtLike, model: ModelLike, options: TrainerOptions): Promise<Trainer> {
    const base = modelOf("Trainer", model);
    const seed = checkWord("Trainer", "seed", options.seed ?? 0);
    const { model: noisy, loss } = withLoss(base, options.loss);
    const parameters = parametersOf(noisy, { loss: loss.tensor, names: options.trainable });
    const { optimizer } = options;
    const step = trainingModel(noisy, { loss: loss.tensor, parameters, optimizer });
    const state = new Map(
      step.state.map(({ name, dims, start }) => [name, new ort.Tensor("float32", start, dims)]),
    );
    const training: Runner = {
      session: await openSession(ort, step.model, options),
      loss,
      inputs: feedInputs(noisy).filter(({ name }) => !isNoise(sitesOf(base), name)),
      outputs: base.graph.output.map(({ name }) => name),
    };
    return new Trainer({ ort, base, options, seed, parameters, training, state });
  }

  /** Training steps that were taken; the next step draws its masks at this step. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * One training step: draws masks, computes loss and gradients over the batch, moves the parameters.
   * @param feeds The model's inputs and the loss's, by name; for `crossEntropy` int64 `labels` `[batch]`.
   * @returns The loss and the outputs with dropout on, from before the update.
   * @throws {Error} If feeds do not fit the model, the last step has not ended, the trainer is
   * disposed, or the loss is not finite; the parameters are then as they were.
   */
  async step(feeds: Feeds): Promise<RunResult> {
    this.#checkOpen("Trainer.step");
    if (this.#stepping)
      throw new Error("Trainer.step: the last step must have ended, got another call");
    this.#stepping = true;
    try {
      const dims = check("Trainer.step", this.#training, feeds);
      const step = this.#steps;
      const results = await this.#training.session.run({
        ...feeds,
        ...Object.fromEntries(this.#state),
        ...this.#noise(step, dims),
        ...this.#scalars(step),
      });
      const result = resultOf(this.#training, results);
      if (!Number.isFinite(result.loss)) {
        throw new Error(`Trainer.step: loss must be finite, got ${result.loss} at step ${step}`);
      }
      this.#state = new Map(
        Array.from(this.#state.keys(), (name) => [name, results[nextOf(name)]]),
      );
      this.#steps = step + 1;
      return result;
    } finally {
      this.#stepping = false;
    }
  }

  /**
   * Loss and outputs of a batch with the present parameters and dropout off.
   * @throws {Error} If feeds do not fit the model, or the trainer is disposed.
   */
  async evaluate(feeds: Feeds): Promise<RunResult> {
    this.#checkOpen("Trainer.evaluate");
    this.#evaluation ??= this.#openEvaluation();
    const runner = await this.#evaluation;
    check("Trainer.evaluate", runner, feeds);
    const weights = this.#parameters.map(({ name }) => [name, this.#tensor(name)]);
    return resultOf(runner, await runner.session.run({ ...feeds, ...Object.fromEntries(weights) }));
  }

  /** The trained model for inference: dropout taken out, weights in their places, all else as it was given. */
  exportModel(): OnnxModel {
    const model = stripDropout(this.#base);
    const trained = new Set(this.#parameters.map(({ name }) => name));
    model.graph.initializer = model.graph.initializer.map((tensor) => {
      if (!trained.has(tensor.name)) return tensor;
      const { rawData } = makeTensor({ ...weightOf(this.#tensor(tensor.name)), name: tensor.name });
      return copyMessage(tensor, { rawData, floatData: [] });
    });
    return model;
  }

  /** Closes the sessions: no step and no evaluation after it, but the trained model can still be exported. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#training.session.release();
    if (this.#evaluation !== undefined) await (await this.#evaluation).session.release();
  }

  #checkOpen(owner: string): void {
    if (this.#disposed) throw new Error(`${owner}: trainer must be open, got a disposed one`);
  }

  async #openEvaluation(): Promise<Runner> {
    const { model, loss } = withLoss(stripDropout(this.#base), this.#options.loss);
    const inputs = feedInputs(model);
    weightsToInputs(model, this.#parameters);
    const session = await openSession(this.#ort, model, this.#options);
    return { session, loss, inputs, outputs: this.#training.outputs };
  }

  #noise(step: number, dims: Record<string, number>): Feeds {
    const feeds: Record<string, Tensor> = {};
    const drawn = drawFeeds(this.#sites, { seed: this.#seed, step, dims });
    for (const [name, { type, data, dims: shape }] of Object.entries(drawn)) {
      feeds[name] = new this.#ort.Tensor(type, data, shape);
    }
    return feeds;
  }

  #scalars(step: number): Feeds {
    const feeds: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(this.#options.optimizer.scalars(step))) {
      feeds[scalarInput(name)] = new this.#ort.Tensor("float32", Float32Array.of(value), []);
    }
    return feeds;
  }

  #tensor(name: string): Tensor {
    const tensor = this.#state.get(name);
    if (tensor === undefined) throw new Error(`Trainer: state must hold ${name}, got none`);
    return tensor;
  }
}

/** A copy of a model that computes the loss too, as an output. */
function withLoss(base: OnnxModel, loss: Loss): { model: OnnxModel; loss: AddedLoss } {
  const model = copyModel(base);
  const added = loss.addTo(model);
  model.graph.output.push(makeValueInfo(added.tensor, { type: "float32", dims: [] }));
  return { model, loss: added };
}

function openSession(
  ort: OrtLike,
  model: OnnxModel,
  { session }: TrainerOptions,
): Promise<InferenceSession> {
  return ort.InferenceSession.create(encodeModel(model), {
    executionProviders: ["wasm"],
    ...session,
  });
}

const isNoise = (sites: readonly Site[], input: string): boolean =>
  input === DROPOUT_KEY || sites.some(({ field }) => field === input);

function check(owner: string, { inputs, loss }: Runner, feeds: Feeds): Record<string, number> {
  const dims = checkFeeds(owner, inputs, feeds);
  loss.checkFeeds(owner, feeds);
  return dims;
}

function resultOf({ loss, outputs }: Runner, results: Feeds): RunResult {
  return {
    loss: Number(results[loss.tensor].data[0]),
    outputs: Object.fromEntries(outputs.map((name) => [name, results[name]])),
  };
}

function weightOf({ data, dims }: Tensor): {
  type: "float32";
  dims: readonly number[];
  data: Float32Array;
} {
  if (!(data instanceof Float32Array)) throw new TypeError("Trainer: weights must be float32");
  return { type: "float32", dims, data };
}
