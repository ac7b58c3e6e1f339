import * as tf from "@tensorflow/tfjs";
import { RATE, SIZES } from "./mlp.js";

/** The MLP with dropout as it is written in tfjs. */
export const mlpLayers = (): tf.layers.Layer[] => [
  tf.layers.dense({ units: SIZES[1], activation: "relu", inputShape: [SIZES[0]] }),
  tf.layers.dropout({ rate: RATE }),
  tf.layers.dense({ units: SIZES[2], activation: "relu" }),
  tf.layers.dropout({ rate: RATE }),
  tf.layers.dense({ units: SIZES[3] }),
];
