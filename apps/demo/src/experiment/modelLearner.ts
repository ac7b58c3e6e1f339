import { type Dim, type OnnxModel, sitesOf, tensorInfoOf } from "@dropoutkit/onnx";
import {
  adam,
  crossEntropy,
  type MaxNorm,
  type OrtLike,
  type RunResult,
  Trainer,
} from "@dropoutkit/onnx-training";
import type { InferenceSession, Tensor } from "onnxruntime-web";
import { PIXELS } from "../data/digits.js";
import {
  type Batch,
  countCorrect,
  type Learner,
  type LearnerOptions,
  type Score,
} from "./Learner.js";
import { EPSILON } from "./recipe.js";

/** An ONNX model of digits, with the dropout that it shall have, and how to train it. */
export interface ModelLearnerOptions
  extends Pick<LearnerOptions, "seed">,
    Partial<Pick<LearnerOptions, "saved">> {
  readonly model: OnnxModel;
  /** A bound on weights. Default: none. */
  readonly maxNorm?: MaxNorm | undefined;
  readonly runtime: OrtLike;
  /** Of the runtime's session. */
  readonly session?: InferenceSession.SessionOptions;
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
  session = {},
  maxNorm,
  saved,
}: ModelLearnerOptions): Promise<ModelLearner> {
  const signature = signatureOf(model);
  const { input, sizes, logits } = signature;
  let learningRate = 0;
  const options = {
    loss: crossEntropy({ logits }),
    optimizer: adam({ learningRate: () => learningRate, epsilon: EPSILON }),
    session,
    ...(maxNorm && { maxNorm }),
  };
  const trainer = await (saved === undefined
    ? Trainer.create(runtime, model, { ...options, seed })
    : Trainer.resume(runtime, saved, options));
  const feedsOf = ({ images, labels, size }: Batch): Record<string, Tensor> => ({
    [input]: new runtime.Tensor("float32", images, [size, ...sizes]),
    labels: new runtime.Tensor("int64", BigInt64Array.from(labels, BigInt), [size]),
  });
  const scoreOf = (batch: Batch, { loss, outputs }: RunResult): Score => {
    return { loss, correct: countCorrect(floatsOf(outputs[logits]), batch) };
  };
  return {
    trainer,
    signature,
    logits: async (image) => {
      const batch = { images: image, labels: new Uint8Array(1), size: 1 };
      return floatsOf((await trainer.evaluate(feedsOf(batch))).outputs[logits]);
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

/** A model's input, the sizes of an image in it, and its output. */
export interface Signature {
  readonly input: string;
  readonly sizes: readonly number[];
  /** The name of its first axis. */
  readonly batch: string;
  readonly logits: string;
}

function signatureOf(model: OnnxModel): Signature {
  const { graph } = model;
  const given = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...sitesOf(model).map(({ field }) => field),
  ]);
  const inputs = graph.input.filter(({ name }) => !given.has(name));
  const [input, output] = [inputs[0], graph.output[0]].map((value) => value && tensorInfoOf(value));
  const sizes = (input?.dims ?? []).slice(1).filter((dim) => typeof dim === "number");
  const pixels = sizes.reduce((product, size) => product * size, 1);
  const [batch, ...image] = input?.dims ?? [];
  const isImage = pixels === PIXELS && sizes.length === image.length;
  if (inputs.length !== 1 || typeof batch !== "string" || !isImage) {
    throw new Error(
      `demo: model must have one input [batch, ...] of ${PIXELS} pixels with a named batch, got ${inputs.map(({ name }) => name).join(", ")} ${shown(input?.dims)}`,
    );
  }
  if (graph.output.length !== 1 || output?.dims.length !== 2 || output.dims[1] !== 10) {
    throw new Error(
      `demo: model must have one output [batch, 10], got ${graph.output.map(({ name }) => name).join(", ")} ${shown(output?.dims)}`,
    );
  }
  return { input: inputs[0].name, sizes, batch, logits: graph.output[0].name };
}

const shown = (dims: readonly Dim[] | undefined): string =>
  dims === undefined ? "of unknown shape" : `[${dims.join(", ")}]`;

/** @throws {TypeError} If the tensor holds another type. */
export function floatsOf({ data, type }: Pick<Tensor, "data" | "type">): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError(`demo: logits must be float32, got ${type}`);
}
