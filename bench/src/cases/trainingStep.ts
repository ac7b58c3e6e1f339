import { drawUniform, dropout } from "@dropoutkit/core";
import {
  GraphBuilder,
  insertDropout,
  makeTensor,
  makeValueInfo,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { adam, crossEntropy, Trainer } from "@dropoutkit/onnx-training";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import * as ort from "onnxruntime-web";
import type { Case } from "../Case.js";

const BATCH = 128;
const SIZES = [784, 256, 256, 10];
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

function mlp(): OnnxModel {
  const builder = new GraphBuilder();
  let x = "input";
  for (let layer = 0; layer < SIZES.length - 1; layer++) {
    const shape = [SIZES[layer], SIZES[layer + 1]];
    const weight = (name: string, dims: readonly number[]): string => {
      const draws = drawUniform({ seed: 1, site: name, step: 0, shape: dims });
      const data = draws.map((u) => (2 * u - 1) / Math.sqrt(shape[0]));
      return builder.constant(makeTensor({ name, type: "float32", dims, data }));
    };
    const isLast = layer === SIZES.length - 2;
    x = builder.op(
      "Gemm",
      [x, weight(`kernel${layer}`, shape), weight(`bias${layer}`, [shape[1]])],
      isLast ? { outputs: ["logits"] } : {},
    );
    if (!isLast) x = builder.op("Relu", [x]);
  }
  return builder.model({
    name: "mlp",
    inputs: [makeValueInfo("input", { type: "float32", dims: [BATCH, SIZES[0]] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: [BATCH, 10] })],
    opset: 18,
  });
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
