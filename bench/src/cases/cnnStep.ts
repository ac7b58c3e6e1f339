import { dropout } from "@dropoutkit/core";
import { insertDropout } from "@dropoutkit/onnx";
import { prepareWasmTraining } from "@dropoutkit/tfjs/wasm-training";
import * as tf from "@tensorflow/tfjs";
import type { Case } from "../Case.js";
import { CHANNELS, CNN_BATCH, cnn, HIDDEN } from "../cnn.js";
import { onnxSteps } from "../onnxSteps.js";
import { tfjsSteps } from "../tfjsSteps.js";
import { type Steps, stepCase } from "../trainingSteps.js";

const RATE = 0.5;
const NAME = "training step of a CNN with dropout";
/** Few: a peer's step takes about half a minute. */
const runs = 3;

/** A step of the net of `cnn` on MNIST's shape, batch 64, dropout 0.5 before the last layer, Adam: at least 5x faster than tfjs on cpu, and faster than on wasm. */
export const cnnStep: readonly Case[] = [
  stepCase({ name: NAME, peer: "tfjs (cpu)", target: 5, runs }, () => [
    noisySteps(),
    peerSteps("cpu"),
  ]),
  stepCase({ name: NAME, peer: "tfjs (wasm) with wasm-training", target: 1, runs }, () => {
    prepareWasmTraining();
    return [noisySteps(), peerSteps("wasm")];
  }),
];

function noisySteps(): Promise<Steps> {
  const options = { variant: dropout({ rate: RATE }), after: { tensor: "hidden" } };
  return onnxSteps(insertDropout(cnn(), options), [CNN_BATCH, 1, 28, 28]);
}

const peerSteps = (backend: "cpu" | "wasm"): Promise<Steps> =>
  tfjsSteps(backend, [CNN_BATCH, 28, 28, 1], () => {
    const convolution = { kernelSize: 3, padding: "same", activation: "relu" } as const;
    return [
      tf.layers.conv2d({ ...convolution, filters: CHANNELS[0], inputShape: [28, 28, 1] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ ...convolution, filters: CHANNELS[1] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: HIDDEN, activation: "relu" }),
      tf.layers.dropout({ rate: RATE }),
      tf.layers.dense({ units: 10 }),
    ];
  });
