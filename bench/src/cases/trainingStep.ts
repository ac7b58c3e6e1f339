import { drawUniform, dropout } from "@dropoutkit/core";
import { insertDropout, type NoiseSource } from "@dropoutkit/onnx";
import { adam, crossEntropy, Trainer } from "@dropoutkit/onnx-training";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import * as ort from "onnxruntime-web";
import type { Case } from "../Case.js";
import { BATCH, mlp, SIZES } from "../mlp.js";

const RATE = 0.5;
const LEARNING_RATE = 1e-3;

const NAME = "training step of an MLP with dropout";

/**
 * A step of 784-256-256-10, batch 128, dropout 0.5, Adam: in onnxruntime-web against tfjs as it is shipped, and
 * against the same model without dropout, which may be at most 10% faster with fed noise and 15% with noise in the graph.
 */
export const trainingStep: readonly Case[] = [
  stepCase({ name: NAME, peer: "tfjs (wasm), tf.layers.dropout", target: 5 }, () => [
    onnxStep("feeds"),
    tfjsStep(),
  ]),
  stepCase({ name: `${NAME}, fed`, peer: "without dropout", target: 0.91 }, () => [
    onnxStep("feeds"),
    onnxStep(undefined),
  ]),
  stepCase({ name: `${NAME}, in the graph`, peer: "without dropout", target: 0.87 }, () => [
    onnxStep("graph"),
    onnxStep(undefined),
  ]),
];

function stepCase(
  about: Pick<Case, "name" | "peer" | "target">,
  open: () => readonly [Promise<Steps>, Promise<Steps>],
): Case {
  return {
    ...about,
    runs: 60,
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

const images = (): Float32Array =>
  drawUniform({ seed: 1, site: "images", step: 0, shape: [BATCH, SIZES[0]] });
const labels = Array.from({ length: BATCH }, (_, i) => i % 10);

interface Steps {
  step(): Promise<void>;
  dispose(): void | Promise<void>;
}

async function onnxStep(noise: NoiseSource | undefined): Promise<Steps> {
  const after = { opType: "Relu" };
  const model = noise
    ? insertDropout(mlp(), { variant: dropout({ rate: RATE }), after, noise })
    : mlp();
  const trainer = await Trainer.create(ort, model, {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: adam({ learningRate: LEARNING_RATE }),
  });
  const feeds = {
    input: new ort.Tensor("float32", images(), [BATCH, SIZES[0]]),
    labels: new ort.Tensor("int64", BigInt64Array.from(labels, BigInt), [BATCH]),
  };
  return {
    step: async () => void (await trainer.step(feeds)),
    dispose: () => trainer.dispose(),
  };
}

async function tfjsStep(): Promise<Steps> {
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
  const x = tf.tensor2d(images(), [BATCH, SIZES[0]]);
  const y = tf.oneHot(tf.tensor1d(labels, "int32"), SIZES[3]);
  return {
    step: async () => void (await model.trainOnBatch(x, y)),
    dispose() {
      model.dispose();
      tf.dispose([x, y]);
    },
  };
}
