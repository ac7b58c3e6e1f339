import { drawUniform, dropout } from "@dropoutkit/core";
import { insertDropout } from "@dropoutkit/onnx";
import { adam, crossEntropy, Trainer } from "@dropoutkit/onnx-training";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import * as ort from "onnxruntime-web";
import type { Case } from "../Case.js";
import { BATCH, mlp, SIZES } from "../mlp.js";

const RATE = 0.5;
const LEARNING_RATE = 1e-3;

/** A step of 784-256-256-10, batch 128, dropout 0.5, Adam: in onnxruntime-web, and in tfjs as it is shipped. */
export const trainingStep: Case = {
  name: "training step of an MLP with dropout",
  peer: "tfjs (wasm), tf.layers.dropout",
  target: 4,
  runs: 30,
  async prepare() {
    const images = drawUniform({ seed: 1, site: "images", step: 0, shape: [BATCH, SIZES[0]] });
    const labels = Array.from({ length: BATCH }, (_, i) => i % 10);
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
  const model = insertDropout(mlp(), {
    variant: dropout({ rate: RATE }),
    after: { opType: "Relu" },
  });
  const trainer = await Trainer.create(ort, model, {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: adam({ learningRate: LEARNING_RATE }),
  });
  const feeds = {
    input: new ort.Tensor("float32", images, [BATCH, SIZES[0]]),
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
      tf.layers.dense({ units: SIZES[1], activation: "relu", inputShape: [SIZES[0]] }),
      tf.layers.dropout({ rate: RATE }),
      tf.layers.dense({ units: SIZES[2], activation: "relu" }),
      tf.layers.dropout({ rate: RATE }),
      tf.layers.dense({ units: SIZES[3] }),
    ],
  });
  model.compile({
    optimizer: tf.train.adam(LEARNING_RATE),
    loss: (truth, logits) => tf.losses.softmaxCrossEntropy(truth, logits),
  });
  const x = tf.tensor2d(images, [BATCH, SIZES[0]]);
  const y = tf.oneHot(tf.tensor1d([...labels], "int32"), SIZES[3]);
  return {
    step: async () => void (await model.trainOnBatch(x, y)),
    dispose() {
      model.dispose();
      tf.dispose([x, y]);
    },
  };
}
