import { drawUniform } from "@dropoutkit/core";
import type { OnnxModel } from "@dropoutkit/onnx";
import { adam, crossEntropy, Trainer } from "@dropoutkit/onnx-training";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import * as ort from "onnxruntime-web";
import type { Case } from "./Case.js";

const LEARNING_RATE = 1e-3;

/** Training steps of one side, always on the same batch. */
export interface Steps {
  step(): Promise<void>;
  dispose(): void | Promise<void>;
}

/** A comparison of steps. */
export function stepCase(
  about: Omit<Case, "prepare">,
  open: () => readonly [Promise<Steps>, Promise<Steps>],
): Case {
  return {
    ...about,
    async prepare() {
      const [ours, peer] = await Promise.all(open());
      return {
        ours: ours.step,
        peer: peer.step,
        async dispose() {
          await ours.dispose();
          await peer.dispose();
        },
      };
    },
  };
}

const images = (shape: readonly number[]): Float32Array =>
  drawUniform({ seed: 1, site: "images", step: 0, shape });
const labelsOf = ([batch]: readonly number[]): number[] =>
  Array.from({ length: batch }, (_, i) => i % 10);

/** Steps of Adam on a model from `input`, of a shape, to `logits`. */
export async function onnxSteps(model: OnnxModel, shape: readonly number[]): Promise<Steps> {
  const trainer = await Trainer.create(ort, model, {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: adam({ learningRate: LEARNING_RATE }),
  });
  const labels = BigInt64Array.from(labelsOf(shape), BigInt);
  const feeds = {
    input: new ort.Tensor("float32", images(shape), shape),
    labels: new ort.Tensor("int64", labels, [labels.length]),
  };
  return {
    step: async () => void (await trainer.step(feeds)),
    dispose: () => trainer.dispose(),
  };
}

/** Steps of Adam on a tfjs model of layers, of which the first has an `inputShape`. */
export async function tfjsSteps(
  backend: "cpu" | "wasm",
  shape: readonly number[],
  layersOf: () => tf.layers.Layer[],
): Promise<Steps> {
  await tf.setBackend(backend);
  const model = tf.sequential({ layers: layersOf() });
  model.compile({
    optimizer: tf.train.adam(LEARNING_RATE),
    loss: (truth, logits) => tf.losses.softmaxCrossEntropy(truth, logits),
  });
  const x = tf.tensor(images(shape), [...shape]);
  const y = tf.oneHot(tf.tensor1d(labelsOf(shape), "int32"), 10);
  return {
    step: async () => void (await model.trainOnBatch(x, y)),
    dispose() {
      model.dispose();
      tf.dispose([x, y]);
    },
  };
}
