import { encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import { DROPOUT_KEY, sitesOf } from "@dropoutkit/onnx/graph";
import type { AddedLoss } from "../losses/Loss.js";
import type { ModelWithLoss } from "../losses/withLoss.js";
import { checkFeeds, type FeedInput, feedInputs } from "./feeds.js";
import type { Feeds, OrtLike, Session, Tensor } from "./runtime.js";
import type { SessionOptions } from "./SessionOptions.js";

/** What a run gives: the loss of its batch, and the model's own outputs by their names. */
export interface RunResult<T extends Tensor = Tensor> {
  readonly loss: number;
  readonly outputs: Feeds<T>;
}

export interface RunnerOptions<T extends Tensor> {
  readonly ort: OrtLike<T>;
  /** The model whose batches are run. */
  readonly of: ModelWithLoss;
  /** The model's own outputs. */
  readonly outputs: readonly string[];
  /** What the session runs: that model, with more behind it. */
  readonly graph: OnnxModel;
  readonly session: SessionOptions;
}

/** A session that computes the loss of batches, and what is known of it beside. */
export class Runner<T extends Tensor> {
  readonly #session: Session<T>;
  readonly #loss: AddedLoss;
  readonly #inputs: readonly FeedInput[];
  readonly #outputs: readonly string[];

  private constructor(session: Session<T>, { of, outputs }: RunnerOptions<T>) {
    this.#session = session;
    this.#loss = of.loss;
    this.#inputs = feedInputs(of.model).filter(({ name }) => !isNoise(of.model, name));
    this.#outputs = outputs;
  }

  static async open<T extends Tensor>(options: RunnerOptions<T>): Promise<Runner<T>> {
    return new Runner(await openSession(options), options);
  }

  /** Checks a batch, and returns the sizes of the axes that the model only names. */
  check(owner: string, batch: Feeds): Record<string, number> {
    const sizes = checkFeeds(owner, this.#inputs, batch);
    this.#loss.checkFeeds(owner, batch);
    return sizes;
  }

  run(feeds: Feeds): Promise<Feeds<T>> {
    return this.#session.run(feeds);
  }

  resultOf(results: Feeds<T>): RunResult<T> {
    return {
      loss: Number(results[this.#loss.tensor].data[0]),
      outputs: Object.fromEntries(this.#outputs.map((name) => [name, results[name]])),
    };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** Opens a session. On a GPU the outputs `<name>.next` stay there: they are the inputs of the next step. */
function openSession<T extends Tensor>({
  ort,
  graph,
  session,
}: Pick<RunnerOptions<T>, "ort" | "graph" | "session">): Promise<Session<T>> {
  const kept = graph.graph.output.map(({ name }) => name).filter((name) => name.endsWith(".next"));
  const onGpu = kept.map((name) => [name, "gpu-buffer"] as const);
  return ort.InferenceSession.create(encodeModel(graph), {
    ...(isOnGpu(session) ? { preferredOutputLocation: Object.fromEntries(onGpu) } : {}),
    ...session,
  });
}

const isOnGpu = ({ executionProviders = [] }: SessionOptions): boolean =>
  executionProviders.some(
    (provider) => (typeof provider === "string" ? provider : provider.name) === "webgpu",
  );

function isNoise(model: OnnxModel, input: string): boolean {
  return (
    input === DROPOUT_KEY ||
    sitesOf(model).some(({ field, threshold }) => field === input || threshold === input)
  );
}
