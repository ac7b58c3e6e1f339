import * as tf from "@tensorflow/tfjs";
import type { LayerPlan } from "../../../experiment/networks/LayerPlan.js";
import { tfjsLayers } from "../../../experiment/networks/tfjsLayers.js";
import { logitsOf, tfjsModelLearner } from "../../../experiment/tfjsModelLearner.js";
import type { PageLearner } from "../PageLearner.js";
import { saveModel } from "./saveModel.js";

/** A planned network as a tfjs model, on the backend that runs. */
export async function tfjsLearner(plan: readonly LayerPlan[], seed: number): Promise<PageLearner> {
  const model = tf.sequential({
    layers: [tf.layers.inputLayer({ inputShape: [784] }), ...tfjsLayers(plan, { seed, step: 0 })],
  });
  return {
    ...(await tfjsModelLearner(model)),
    predict: async (image, step) => {
      const kwargs = step === undefined ? { training: false } : { training: true, step };
      const logits = tf.tidy(() => logitsOf(model, { images: image, size: 1 }, kwargs));
      const values = Float32Array.from(await logits.data());
      logits.dispose();
      return values;
    },
    save: () => saveModel(model),
  };
}
