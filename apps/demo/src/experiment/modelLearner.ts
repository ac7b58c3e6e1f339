import type { OnnxModel } from "@dropoutkit/onnx";
import {
  adam,
  crossEntropy,
  type OrtLike,
  type RunResult,
  type Tensor,
  Trainer,
  type TrainerOptions,
} from "@dropoutkit/onnx-training";
import {
  type Batch,
  countCorrect,
  type Learner,
  type LearnerOptions,
  type Score,
} from "./Learner.js";
import { type Signature, scoresOf, signatureOf } from "./modelSignature.js";
import { EPSILON } from "./recipe.js";

/** An ONNX model of digits, with the dropout that it shall have, and how to train it. */
export interface ModelLearnerOptions
  extends Pick<LearnerOptions, "seed">,
    Partial<Pick<LearnerOptions, "saved">>,
    Pick<TrainerOptions, "maxNorm" | "penalties" | "session"> {
  readonly model: OnnxModel;
  readonly runtime: OrtLike;
}

export interface ModelLearner extends Learner {
  readonly trainer: Trainer;
  readonly signature: Signature;
  /** Logits `[10]` of one image, with noise off. */
  logits(image: Float32Array): Promise<Float32Array>;
}

/**
 * Trains an ONNX model.
 * @throws {Error} If the model does not take `[batch, ...]` of 784 pixels and give `[batch, 10]`.
 */
export async function modelLearner({
  model,
  seed,
  runtime,
  saved,
  ...given
}: ModelLearnerOptions): Promise<ModelLearner> {
  const signature = signatureOf(model);
  const { input, sizes, logits } = signature;
  let learningRate = 0;
  const options = {
    loss: crossEntropy({ logits }),
    optimizer: adam({ learningRate: () => learningRate, epsilon: EPSILON }),
    ...given,
  };
  const trainer = await (saved === undefined
    ? Trainer.create(runtime, model, { ...options, seed })
    : Trainer.resume(runtime, saved, options));
  const feedsOf = ({ images, labels, size }: Batch): Record<string, Tensor> => ({
    [input]: new runtime.Tensor("float32", images, [size, ...sizes]),
    labels: new runtime.Tensor("int64", BigInt64Array.from(labels, BigInt), [size]),
  });
  const scoreOf = (batch: Batch, { loss, outputs }: RunResult): Score => {
    return { loss, correct: countCorrect(scoresOf(signature, outputs), batch) };
  };
  return {
    trainer,
    signature,
    logits: async (image) => {
      const batch = { images: image, labels: new Uint8Array(1), size: 1 };
      return scoresOf(signature, (await trainer.evaluate(feedsOf(batch))).outputs);
    },
    step: async (batch, options) => {
      learningRate = options.learningRate;
      return scoreOf(batch, await trainer.step(feedsOf(batch)));
    },
    evaluate: async (batch) => scoreOf(batch, await trainer.evaluate(feedsOf(batch))),
    checkpoint: () => trainer.checkpoint(),
    dispose: () => trainer.dispose(),
  };
}
