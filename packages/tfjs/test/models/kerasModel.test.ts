import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { SpatialDropout2D, SpatialDropout3D } from "../../src/index.js";

/** What Keras's converter writes of a sequential model. */
const topology = (className: string, rank: number, dataFormat: string): object => ({
  keras_version: "2.15.0",
  backend: "tensorflow",
  model_config: {
    class_name: "Sequential",
    config: {
      name: "sequential",
      layers: [
        {
          class_name: "InputLayer",
          config: {
            batch_input_shape: [null, ...new Array(rank - 1).fill(4)],
            dtype: "float32",
            sparse: false,
            name: "input_1",
          },
        },
        {
          class_name: className,
          config: {
            name: "spatial_dropout",
            trainable: true,
            dtype: "float32",
            rate: 0.25,
            noise_shape: null,
            seed: null,
            data_format: dataFormat,
          },
        },
      ],
    },
  },
});

test.each([
  ["SpatialDropout2D", SpatialDropout2D, 4],
  ["SpatialDropout3D", SpatialDropout3D, 5],
] as const)("a model from Keras with a %s loads strictly", async (className, cls, rank) => {
  for (const [word, own] of [
    ["channels_last", "channelsLast"],
    ["channels_first", "channelsFirst"],
  ]) {
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({ modelTopology: topology(className, rank, word) }),
      { strict: true },
    );
    const layer = model.getLayer("spatial_dropout");
    expect(layer).toBeInstanceOf(cls);
    expect(layer.getConfig()).toMatchObject({ rate: 0.25, seed: 0, dataFormat: own });
    const x = tf.ones([2, ...new Array(rank - 1).fill(4)]);
    expect([...(model.predict(x) as tf.Tensor).dataSync()]).toEqual([...x.dataSync()]);
  }
});

test("a layer that Keras calls with training=True draws in predict", async () => {
  const input = {
    batch_input_shape: [null, 4, 4, 8],
    dtype: "float32",
    sparse: false,
    name: "input_1",
  };
  const layer = (class_name: string, config: { name: string }, from: unknown[]): object => ({
    class_name,
    config,
    name: config.name,
    inbound_nodes: from,
  });
  const modelTopology = {
    keras_version: "2.15.0",
    backend: "tensorflow",
    model_config: {
      class_name: "Functional",
      config: {
        name: "model",
        layers: [
          layer("InputLayer", input, []),
          layer("SpatialDropout2D", Object.assign({ name: "mc" }, { rate: 0.5 }), [
            [["input_1", 0, 0, { training: true }]],
          ]),
        ],
        input_layers: [["input_1", 0, 0]],
        output_layers: [["mc", 0, 0]],
      },
    },
  };
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology }));
  const x = tf.ones([2, 4, 4, 8]);
  const passes = [0, 1].map(() => [...(model.predict(x) as tf.Tensor).dataSync()]);
  expect(passes[0]).toContain(0);
  expect(passes[1]).not.toEqual(passes[0]);
});
