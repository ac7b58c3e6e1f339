import { prepareWasmTraining } from "@dropoutkit/tfjs/wasm-training";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { PIXELS } from "../data/digits.js";
import type { Learner, LearnerOptions } from "./Learner.js";
import { planLayers } from "./networks/planLayers.js";
import { tfjsLayers } from "./networks/tfjsLayers.js";
import { tfjsModelLearner } from "./tfjsModelLearner.js";
import { readTfjsState } from "./tfjsState.js";

/** A network as a tfjs model on the wasm backend. */
export async function tfjsLearner({
  seed,
  saved,
  maxNorm,
  ...options
}: LearnerOptions): Promise<Learner> {
  await tf.setBackend("wasm");
  prepareWasmTraining();
  const state = saved && readTfjsState(saved);
  const key = { seed, step: state?.step ?? 0 };
  const layers = tfjsLayers(planLayers(options, { ...options, seed }), key);
  const model = tf.sequential({
    layers: [tf.layers.inputLayer({ inputShape: [PIXELS] }), ...layers],
  });
  return tfjsModelLearner(model, { maxNorm, state });
}
