import { decodeModel, encodeModel, maskFeeds, type OnnxModel } from "@dropoutkit/onnx";
import type { OrtLike, Session, SessionOptions, Tensor } from "@dropoutkit/onnx-training";
import type { ModelLearner } from "../../../experiment/modelLearner.js";
import { scoresOf } from "../../../experiment/modelSignature.js";

export interface NoisyPassesOptions extends Pick<ModelLearner, "trainer" | "signature"> {
  readonly runtime: OrtLike;
  readonly session: SessionOptions;
  readonly seed: number;
}

/** Forward passes with dropout on, which a trainer has none of: a session of the noisy model, as long as its weights stay. */
export class NoisyPasses {
  readonly #options: NoisyPassesOptions;
  #made:
    | { readonly steps: number; readonly noisy: OnnxModel; readonly session: Session }
    | undefined;

  constructor(options: NoisyPassesOptions) {
    this.#options = options;
  }

  /** Logits `[10]` of an image under the dropout of `step`. */
  async logits(image: Float32Array, step: number): Promise<Float32Array> {
    const { runtime, seed, signature } = this.#options;
    const { noisy, session } = await this.#current();
    const feeds: Record<string, Tensor> = {
      [signature.input]: new runtime.Tensor("float32", image, [1, ...signature.sizes]),
    };
    const noise = maskFeeds(noisy, { seed, step, dims: { [signature.batch]: 1 } });
    for (const [name, { type, data, dims }] of Object.entries(noise)) {
      feeds[name] = new runtime.Tensor(type, data, dims);
    }
    return scoresOf(signature, await session.run(feeds));
  }

  async dispose(): Promise<void> {
    await this.#made?.session.release();
    this.#made = undefined;
  }

  async #current() {
    const { runtime, session: options, trainer } = this.#options;
    const { steps } = trainer;
    if (this.#made?.steps === steps) return this.#made;
    await this.dispose();
    const noisy = decodeModel(await trainer.checkpoint());
    const session = await runtime.InferenceSession.create(encodeModel(noisy), options);
    this.#made = { steps, noisy, session };
    return this.#made;
  }
}
