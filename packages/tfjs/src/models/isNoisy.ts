import type * as tf from "@tensorflow/tfjs";
import { NoiseLayer } from "../layers/NoiseLayer.js";
import type { Noisy } from "../noise/Noisy.js";
import { NoisyRnn } from "../recurrent/NoisyRnn.js";
import { NoiseWrapper } from "../wrappers/NoiseWrapper.js";

type Layer = tf.layers.Layer;

/** Whether a layer is one of this package. */
export function isNoisy(layer: Layer): layer is Layer & Noisy {
  return [NoiseLayer, NoisyRnn, NoiseWrapper].some((kind) => layer instanceof kind);
}
