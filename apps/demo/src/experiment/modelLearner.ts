import { type Dim, type OnnxModel, sitesOf, tensorInfoOf } from "@dropoutkit/onnx";
import {
  adam,
  crossEntropy,
  type MaxNorm,
  type RunResult,
  Trainer,
} from "@dropoutkit/onnx-training";
import * as ort from "onnxruntime-web";
import { PIXELS } from "../data/digits.js";
import {
  type Batch,
  countCorrect,
  type Learner,
  type LearnerOptions,
  type Score,
} from "./Learner.js";
import { EPSILON } from "./network.js";

/** An ONNX model of digits, with the dropout that it shall have, and how to train it. */
export interface ModelLearnerOptions extends Pick<LearnerOptions, "seed" | "saved"> {
  readonly model: OnnxModel;
  /** A bound on weights; none if undefined. */
  readonly maxNorm: MaxNorm | undefined;
}

/**
 * Trains an ONNX model in onnxruntime-web.
 * @throws {Error} If the model does not take `[batch, ...]` of 784 pixels and give `[batch, 10]`.
 */
export async function modelLearner({
  model,
  seed,
  maxNorm,
  saved,
}: ModelLearnerOptions): Promise<Learner> {
  const { input, sizes, logits } = signatureOf(model);
  let learningRate = 0;
  const options = {
    loss: crossEntropy({ logits }),
    optimizer: adam({ learningRate: () => learningRate, epsilon: EPSILON }),
    ...(maxNorm && { maxNorm }),
  };
  const trainer = await (saved === undefined
    ? Trainer.create(ort, model, { ...options, seed })
    : Trainer.resume(ort, saved, options));
  const feedsOf = ({ images, labels, size }: Batch): Record<string, ort.Tensor> => ({
    [input]: new ort.Tensor("float32", images, [size, ...sizes]),
    labels: new ort.Tensor("int64", BigInt64Array.from(labels, BigInt), [size]),
  });
  const scoreOf = (batch: Batch, { loss, outputs }: RunResult): Score => {
    const { data } = outputs[logits];
    if (!(data instanceof Float32Array)) {
      throw new TypeError(`demo: logits ${logits} must be float32, got another type`);
    }
    return { loss, correct: countCorrect(data, batch) };
  };
  return {
    step: async (batch, options) => {
      learningRate = options.learningRate;
      return scoreOf(batch, await trainer.step(feedsOf(batch)));
    },
    evaluate: async (batch) => scoreOf(batch, await trainer.evaluate(feedsOf(batch))),
    save: () => trainer.checkpoint(),
    dispose: () => trainer.dispose(),
  };
}

/** A model's input, the sizes of an image in it, and its output. */
interface Signature {
  readonly input: string;
  readonly sizes: readonly number[];
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
  const isImage = typeof input?.dims[0] === "string" && pixels === PIXELS;
  if (inputs.length !== 1 || !isImage || sizes.length !== input.dims.length - 1) {
    throw new Error(
      `demo: model must have one input [batch, ...] of ${PIXELS} pixels with a named batch, got ${inputs.map(({ name }) => name).join(", ")} ${shown(input?.dims)}`,
    );
  }
  if (graph.output.length !== 1 || output?.dims.length !== 2 || output.dims[1] !== 10) {
    throw new Error(
      `demo: model must have one output [batch, 10], got ${graph.output.map(({ name }) => name).join(", ")} ${shown(output?.dims)}`,
    );
  }
  return { input: inputs[0].name, sizes, logits: graph.output[0].name };
}

const shown = (dims: readonly Dim[] | undefined): string =>
  dims === undefined ? "of unknown shape" : `[${dims.join(", ")}]`;
