import { drawUniform } from "@dropoutkit/core";
import { adam, crossEntropy, Trainer } from "@dropoutkit/onnx-training";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import * as ort from "onnxruntime-web";
import type { Case } from "../Case.js";
import { BATCH, CLASSES, lstm, ROWS, UNITS } from "../lstm.js";

const LEARNING_RATE = 1e-3;

/** A step of an LSTM over the rows of 28x28 images, 128 units, batch 64, Adam: in onnxruntime-web, and in tfjs. */
export const lstmStep: Case = {
  name: "training step of an LSTM",
  peer: "tfjs (wasm), tf.layers.lstm",
  target: 2,
  runs: 20,
  async prepare() {
    const images = drawUniform({ seed: 1, site: "images", step: 0, shape: [BATCH, ROWS, ROWS] });
    const labels = Array.from({ length: BATCH }, (_, i) => i % CLASSES);
    const ours = await onnxStep(images, labels);
    const peer = await tfjsStep(images, labels);
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

interface Steps {
  step(): Promise<void>;
  dispose(): void | Promise<void>;
}

async function onnxStep(images: Float32Array, labels: readonly number[]): Promise<Steps> {
  const trainer = await Trainer.create(ort, lstm(), {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: adam({ learningRate: LEARNING_RATE }),
  });
  const feeds = {
    input: new ort.Tensor("float32", images, [BATCH, ROWS, ROWS]),
    labels: new ort.Tensor("int64", BigInt64Array.from(labels, BigInt), [BATCH]),
  };
  return {
    step: async () => void (await trainer.step(feeds)),
    dispose: () => trainer.dispose(),
  };
}

async function tfjsStep(images: Float32Array, labels: readonly number[]): Promise<Steps> {
  await tf.setBackend("wasm");
  const model = tf.sequential({
    layers: [
      tf.layers.lstm({ units: UNITS, inputShape: [ROWS, ROWS] }),
      tf.layers.dense({ units: CLASSES }),
    ],
  });
  model.compile({
    optimizer: tf.train.adam(LEARNING_RATE),
    loss: (truth, logits) => tf.losses.softmaxCrossEntropy(truth, logits),
  });
  const x = tf.tensor3d(images, [BATCH, ROWS, ROWS]);
  const y = tf.oneHot(tf.tensor1d([...labels], "int32"), CLASSES);
  return {
    step: async () => void (await model.trainOnBatch(x, y)),
    dispose() {
      model.dispose();
      tf.dispose([x, y]);
    },
  };
}
