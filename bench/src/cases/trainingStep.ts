import type { NoiseSource } from "@dropoutkit/onnx/graph";
import type { Case } from "../Case.js";
import { BATCH, mlp, noisyMlp, SIZES } from "../mlp.js";
import { mlpLayers } from "../mlpLayers.js";
import { onnxSteps } from "../onnxSteps.js";
import { tfjsSteps } from "../tfjsSteps.js";
import { type Steps, stepCase } from "../trainingSteps.js";
import { workerSteps } from "../workerSteps.js";

const SHAPE = [BATCH, SIZES[0]];
const NAME = "training step of an MLP with dropout";
const runs = 60;

/**
 * A step of 784-256-256-10, batch 128, dropout 0.5, Adam: in onnxruntime-web against tfjs as it is shipped, jax-js, and
 * the same model without dropout, which may be at most 10% faster with fed noise and 15% with noise in the graph.
 */
export const trainingStep: readonly Case[] = [
  stepCase({ name: NAME, peer: "tfjs (wasm), tf.layers.dropout", target: 5, runs }, () => [
    noisySteps("feeds"),
    tfjsSteps("wasm", SHAPE, mlpLayers),
  ]),
  stepCase({ name: NAME, peer: "jax-js (wasm)", target: 1, runs }, () => [
    noisySteps("feeds"),
    workerSteps(new URL("../jaxTraining.js", import.meta.url)),
  ]),
  stepCase({ name: `${NAME}, fed`, peer: "without dropout", target: 0.91, runs }, () => [
    noisySteps("feeds"),
    onnxSteps(mlp(), SHAPE),
  ]),
  stepCase({ name: `${NAME}, in the graph`, peer: "without dropout", target: 0.87, runs }, () => [
    noisySteps("graph"),
    onnxSteps(mlp(), SHAPE),
  ]),
  stepCase({ name: `${NAME}, 2 threads`, peer: "1 thread", target: 1.4, runs }, () => [
    threadedSteps(2),
    threadedSteps(1),
  ]),
];

export const noisySteps = (noise: NoiseSource): Promise<Steps> => onnxSteps(noisyMlp(noise), SHAPE);

const threadedSteps = (threads: number): Promise<Steps> =>
  workerSteps(new URL("../threadedTraining.js", import.meta.url), threads);
