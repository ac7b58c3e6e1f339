import { encodeModel, maskFeeds, type OnnxModel } from "@dropoutkit/onnx";
import {
  adam,
  crossEntropy,
  type OrtLike,
  type RunResult,
  Trainer,
} from "@dropoutkit/onnx-training";
import type * as ort from "onnxruntime-web/wasm";
import { type Batch, countCorrect, type Score } from "../../../experiment/Learner.js";
import { EPSILON } from "../../../experiment/network.js";
import type { LayerPlan } from "../../network/LayerPlan.js";
import type { PageLearner } from "../PageLearner.js";
import { cleanModel, withNoise } from "./noisyModel.js";

export interface OnnxLearnerOptions {
  readonly runtime: typeof ort;
  readonly executionProvider: "wasm" | "webgpu";
  readonly plan: readonly LayerPlan[];
  readonly seed: number;
  readonly learningRate: number;
}

/** A planned network as an ONNX model, trained in onnxruntime-web. */
export async function onnxLearner({
  runtime,
  executionProvider,
  plan,
  seed,
  learningRate,
}: OnnxLearnerOptions): Promise<PageLearner> {
  const session = { executionProviders: [executionProvider] };
  const trainer = await Trainer.create(runtime, withNoise(cleanModel(plan), plan), {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: adam({ learningRate, epsilon: EPSILON }),
    seed,
    session,
  });
  const asking = new Asking({
    runtime,
    session,
    seed,
    noisy: () => withNoise(trainer.exportModel(), plan),
    steps: () => trainer.steps,
  });
  const feedsOf = ({ images, labels, size }: Batch) => ({
    input: new runtime.Tensor("float32", images, [size, images.length / size]),
    labels: new runtime.Tensor("int64", BigInt64Array.from(labels, BigInt), [size]),
  });
  return {
    step: async (batch) => scoreOf(batch, await trainer.step(feedsOf(batch))),
    evaluate: async (batch) => scoreOf(batch, await trainer.evaluate(feedsOf(batch))),
    predict: async (image, step) => {
      const batch = { images: image, labels: new Uint8Array(1), size: 1 };
      if (step !== undefined) return asking.logits(image, step);
      return floatsOf((await trainer.evaluate(feedsOf(batch))).outputs.logits);
    },
    save: async () => ({
      name: "model.onnx",
      bytes: Uint8Array.from(encodeModel(trainer.exportModel())),
    }),
    dispose: async () => {
      await asking.dispose();
      await trainer.dispose();
    },
  };
}

interface AskingOptions {
  readonly runtime: OrtLike;
  readonly session: ort.InferenceSession.SessionOptions;
  readonly seed: number;
  /** The model as it is trained so far, with dropout. */
  readonly noisy: () => OnnxModel;
  readonly steps: () => number;
}

/** Forward passes with dropout on, which a trainer has none of: a session of the noisy model, as long as its weights stay. */
class Asking {
  readonly #options: AskingOptions;
  #made:
    | { readonly steps: number; readonly noisy: OnnxModel; readonly session: ort.InferenceSession }
    | undefined;

  constructor(options: AskingOptions) {
    this.#options = options;
  }

  async logits(image: Float32Array, step: number): Promise<Float32Array> {
    const { runtime, seed } = this.#options;
    const { noisy, session } = await this.#current();
    const feeds: Record<string, ort.Tensor> = {
      input: new runtime.Tensor("float32", image, [1, image.length]),
    };
    for (const [name, feed] of Object.entries(
      maskFeeds(noisy, { seed, step, dims: { batch: 1 } }),
    )) {
      feeds[name] = new runtime.Tensor(feed.type, feed.data, feed.dims);
    }
    return floatsOf((await session.run(feeds)).logits);
  }

  async dispose(): Promise<void> {
    await this.#made?.session.release();
    this.#made = undefined;
  }

  async #current() {
    const steps = this.#options.steps();
    if (this.#made?.steps === steps) return this.#made;
    await this.dispose();
    const noisy = this.#options.noisy();
    const { runtime, session: options } = this.#options;
    const session = await runtime.InferenceSession.create(encodeModel(noisy), options);
    this.#made = { steps, noisy, session };
    return this.#made;
  }
}

const scoreOf = (batch: Batch, { loss, outputs }: RunResult): Score => ({
  loss,
  correct: countCorrect(floatsOf(outputs.logits), batch),
});

function floatsOf({ data }: Pick<ort.Tensor, "data">): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError("demo: logits must be float32, got another type");
}
