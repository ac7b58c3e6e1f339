import * as tf from "@tensorflow/tfjs";
import type { Case } from "../Case.js";
import { BATCH, CLASSES, lstm, ROWS, UNITS } from "../lstm.js";
import { onnxSteps } from "../onnxSteps.js";
import { tfjsSteps } from "../tfjsSteps.js";
import { stepCase } from "../trainingSteps.js";

const SHAPE = [BATCH, ROWS, ROWS];

/** A step of an LSTM over the rows of 28x28 images, 128 units, batch 64, Adam: in onnxruntime-web, and in tfjs. */
export const lstmStep: Case = stepCase(
  {
    name: "training step of an LSTM",
    peer: "tfjs (wasm), tf.layers.lstm",
    target: 2,
    runs: 20,
  },
  () => [onnxSteps(lstm(), SHAPE), tfjsSteps("wasm", SHAPE, layers)],
);

const layers = (): tf.layers.Layer[] => [
  tf.layers.lstm({ units: UNITS, inputShape: [ROWS, ROWS] }),
  tf.layers.dense({ units: CLASSES }),
];
