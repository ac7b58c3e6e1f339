import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { images, LEARNING_RATE, labelsOf, type Steps } from "./trainingSteps.js";

/** Steps of Adam on a tfjs model of layers, of which the first has an `inputShape`. */
export async function tfjsSteps(
  backend: "cpu" | "wasm",
  shape: readonly number[],
  layersOf: () => tf.layers.Layer[],
): Promise<Steps> {
  await tf.setBackend(backend);
  const model = tf.sequential({ layers: layersOf() });
  model.compile({
    optimizer: tf.train.adam(LEARNING_RATE),
    loss: (truth, logits) => tf.losses.softmaxCrossEntropy(truth, logits),
  });
  const x = tf.tensor(images(shape), [...shape]);
  const y = tf.oneHot(tf.tensor1d(labelsOf(shape), "int32"), 10);
  return {
    step: async () => void (await model.trainOnBatch(x, y)),
    dispose() {
      model.dispose();
      tf.dispose([x, y]);
    },
  };
}
