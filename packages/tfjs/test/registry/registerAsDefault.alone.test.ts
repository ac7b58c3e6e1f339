import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { Dropout } from "../../src/layers/Dropout.js";
import { registerAsDefault } from "../../src/registry/registerAsDefault.js";

/** What the converter writes for a Keras model. */
const kerasModel = (): tf.io.IOHandler =>
  tf.io.fromMemory({
    modelTopology: {
      class_name: "Sequential",
      config: {
        name: "sequential",
        layers: [
          {
            class_name: "Dropout",
            config: {
              name: "dropout",
              trainable: true,
              dtype: "float32",
              batch_input_shape: [null, 4],
              rate: 0.25,
              noise_shape: [null, 1],
              seed: null,
            },
          },
        ],
      },
    },
    weightSpecs: [],
    weightData: new ArrayBuffer(0),
  });

test("registerAsDefault: takes the name Dropout over, and nothing does before it is called", async () => {
  const before = await tf.loadLayersModel(kerasModel());
  expect(before.layers[0]).not.toBeInstanceOf(Dropout);
  registerAsDefault();
  const [layer] = (await tf.loadLayersModel(kerasModel())).layers;
  expect(layer).toBeInstanceOf(Dropout);
  expect(layer.getConfig()).toMatchObject({
    name: "dropout",
    rate: 0.25,
    noiseShape: [null, 1],
    seed: 0,
    site: null,
    step: 0,
  });
  expect(tf.layers.dropout({ rate: 0.5 })).not.toBeInstanceOf(Dropout);
});
