import { ConcreteDropout } from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import { PIXELS } from "../../../data/digits.js";
import { cleanPlan } from "../../../experiment/networks/cleanPlan.js";
import type { LayerPlan } from "../../../experiment/networks/LayerPlan.js";
import { tfjsLayers } from "../../../experiment/networks/tfjsLayers.js";
import { logitsOf, tfjsModelLearner } from "../../../experiment/tfjsModelLearner.js";
import { readTfjsState, type TfjsState } from "../../../experiment/tfjsState.js";
import type { SavedFile } from "../../messages.js";
import type { MakeOptions } from "../MakeOptions.js";
import type { PageLearner } from "../PageLearner.js";
import { artifactsOf, modelFiles } from "./modelFiles.js";

/** A planned network as a tfjs model, on the backend that runs. */
export function tfjsLearner(
  plan: readonly LayerPlan[],
  { seed, saved }: MakeOptions,
): Promise<PageLearner> {
  const state = saved && readTfjsState(saved);
  const model = sequentialOf(plan, { seed, step: state?.step ?? 0 });
  return learnerOf(model, { state, files: () => inferenceFiles(model, plan) });
}

export interface LearnerOfOptions {
  readonly state: TfjsState | undefined;
  readonly files: () => Promise<readonly SavedFile[]>;
}

/** A model of 784 pixels and ten logits, as the page drives it. */
export async function learnerOf(
  model: tf.Sequential,
  { state, files }: LearnerOfOptions,
): Promise<PageLearner> {
  return {
    ...(await tfjsModelLearner(model, { state })),
    files,
    learnedRates: async () => new Map(await Promise.all(model.layers.flatMap(rateOf))),
    predict: async (image, step) => {
      const kwargs = step === undefined ? { training: false } : { training: true, step };
      const logits = tf.tidy(() => logitsOf(model, { images: image, size: 1 }, kwargs));
      const values = Float32Array.from(await logits.data());
      logits.dispose();
      return values;
    },
  };
}

const rateOf = (layer: tf.layers.Layer) =>
  layer instanceof ConcreteDropout
    ? [layer.rate().then((rate) => [layer.site, rate] as const)]
    : [];

const sequentialOf = (
  plan: readonly LayerPlan[],
  key: { readonly seed: number; readonly step: number },
): tf.Sequential =>
  tf.sequential({
    layers: [tf.layers.inputLayer({ inputShape: [PIXELS] }), ...tfjsLayers(plan, key)],
  });

/** The network without its dropout, so that tfjs loads it by itself. */
async function inferenceFiles(
  model: tf.LayersModel,
  plan: readonly LayerPlan[],
): Promise<readonly SavedFile[]> {
  const clean = sequentialOf(cleanPlan(plan), { seed: 0, step: 0 });
  // Learned rates are numbers, which come without axes.
  clean.setWeights(model.getWeights().filter(({ rank }) => rank > 0));
  const files = modelFiles(await artifactsOf(clean));
  clean.dispose();
  return files;
}
