import type { NoiseSource } from "@dropoutkit/onnx";
import * as tf from "@tensorflow/tfjs";
import type { Case } from "../Case.js";
import { BATCH, mlp, noisyMlp, RATE, SIZES } from "../mlp.js";
import { onnxSteps } from "../onnxSteps.js";
import { tfjsSteps } from "../tfjsSteps.js";
import { type Steps, stepCase } from "../trainingSteps.js";

const SHAPE = [BATCH, SIZES[0]];
const NAME = "training step of an MLP with dropout";
const runs = 60;

/**
 * A step of 784-256-256-10, batch 128, dropout 0.5, Adam: in onnxruntime-web against tfjs as it is shipped, and
 * against the same model without dropout, which may be at most 10% faster with fed noise and 15% with noise in the graph.
 */
export const trainingStep: readonly Case[] = [
  stepCase({ name: NAME, peer: "tfjs (wasm), tf.layers.dropout", target: 5, runs }, () => [
    noisySteps("feeds"),
    tfjsSteps("wasm", SHAPE, layers),
  ]),
  stepCase({ name: `${NAME}, fed`, peer: "without dropout", target: 0.91, runs }, () => [
    noisySteps("feeds"),
    onnxSteps(mlp(), SHAPE),
  ]),
  stepCase({ name: `${NAME}, in the graph`, peer: "without dropout", target: 0.87, runs }, () => [
    noisySteps("graph"),
    onnxSteps(mlp(), SHAPE),
  ]),
];

const noisySteps = (noise: NoiseSource): Promise<Steps> => onnxSteps(noisyMlp(noise), SHAPE);

const layers = (): tf.layers.Layer[] => [
  tf.layers.dense({ units: SIZES[1], activation: "relu", inputShape: [SIZES[0]] }),
  tf.layers.dropout({ rate: RATE }),
  tf.layers.dense({ units: SIZES[2], activation: "relu" }),
  tf.layers.dropout({ rate: RATE }),
  tf.layers.dense({ units: SIZES[3] }),
];
