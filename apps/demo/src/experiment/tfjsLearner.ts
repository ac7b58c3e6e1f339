import { dropout } from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import type { Learner, LearnerOptions } from "./Learner.js";
import { type Dense, initialNetwork } from "./network.js";
import { variantOf } from "./noise.js";
import { tfjsModelLearner } from "./tfjsModelLearner.js";
import { transposeBeforeMatMul } from "./transposeBeforeMatMul.js";

/** The article's network as a tfjs model on the wasm backend. */
export async function tfjsLearner(options: LearnerOptions): Promise<Learner> {
  await tf.setBackend("wasm");
  transposeBeforeMatMul();
  const { seed, activation } = options;
  const model = tf.sequential({ layers: layersOf(initialNetwork(seed, activation), options) });
  return tfjsModelLearner(model);
}

function layersOf(
  network: readonly Dense[],
  { noise, activation, seed }: LearnerOptions,
): tf.layers.Layer[] {
  const hidden = network.flatMap(({ inputs, units, kernel, bias, dropout: site }, layer) => {
    const name = `dense${layer + 1}`;
    const isNoisy = site !== undefined && noise !== undefined;
    const dense = tf.layers.dense({
      name: isNoisy ? `${name}/weights` : name,
      units,
      activation: site === undefined ? "linear" : activation,
      inputShape: [inputs],
      weights: [tf.tensor2d(kernel, [inputs, units]), tf.tensor1d(bias)],
    });
    if (!isNoisy) return [dense];
    return variantOf(noise.variant).layers({ dense, inputs, name, site, rate: noise.rate, seed });
  });
  if (noise === undefined || noise.inputRate === 0) return hidden;
  const inputShape = [network[0].inputs];
  return [dropout({ name: "input", rate: noise.inputRate, seed, inputShape }), ...hidden];
}
