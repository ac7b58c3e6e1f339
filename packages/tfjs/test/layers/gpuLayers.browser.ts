/// <reference lib="dom" />
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { dropBlock2d, spatialDropout2d, variationalRnn } from "../../src/index.js";
import { gpuBackends } from "../backends/gpuBackends.js";
import { layers, type TestedLayer } from "./layers.js";

/** Output in training, and the gradients by input and weights of a weighted sum of it. */
async function trained({ make, input }: TestedLayer, backend: string): Promise<Float32Array[]> {
  expect(await tf.setBackend(backend)).toBe(true);
  const layer = make({ name: "l" });
  const x = input();
  const call = (at: tf.Tensor): tf.Tensor =>
    layer.apply(at, { training: true, step: 3 }) as tf.Tensor;
  const weighted = (at: tf.Tensor): tf.Scalar => {
    const y = call(at);
    return tf.sum(tf.mul(y, tf.reshape(tf.cos(tf.range(0, y.size)), y.shape)));
  };
  const all = [call(x)];
  if (x.dtype === "float32") all.push(tf.grad(weighted)(x));
  if (layer.trainableWeights.length > 0) {
    all.push(...Object.values(tf.variableGrads(() => weighted(x)).grads));
  }
  return Promise.all(all.map((tensor) => tensor.data<"float32">()));
}

describe.each(gpuBackends)("%s", (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  test.each(Object.keys(layers))("%s: output and gradients are those of the host", async (name) => {
    const [actual, expected] = [
      await trained(layers[name], backend),
      await trained(layers[name], "cpu"),
    ];
    expect(actual).toHaveLength(expected.length);
    actual.forEach((values, i) => {
      const size = expected[i].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      values.forEach((value, at) => {
        // Another mask would change whole entries. WGSL leaves tanh an absolute error of 1e-5; four timesteps
        // of three such gates, whose gains are below 2, make at most 12 * 2^3 of them.
        expect(Math.abs(value - expected[i][at])).toBeLessThan(size * 96e-5);
      });
    });
  });

  test("a small CNN and a recurrent net train", async () => {
    const images = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1] }),
        spatialDropout2d({ rate: 0.25 }),
        tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
        dropBlock2d({ rate: 0.1, blockSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 1 }),
      ],
    });
    const sequences = tf.sequential({
      layers: [
        variationalRnn({
          cell: tf.layers.lstmCell({ units: 4 }),
          inputRate: 0.2,
          stateRate: 0.2,
          inputShape: [5, 3],
        }),
        tf.layers.dense({ units: 1 }),
      ],
    });
    for (const [model, shape] of [
      [images, [8, 8, 8, 1]],
      [sequences, [8, 5, 3]],
    ] as const) {
      model.compile({ optimizer: tf.train.adam(0.02), loss: "meanSquaredError" });
      const x = tf.randomNormal([...shape], 0, 1, "float32", 1);
      const { history } = await model.fit(x, tf.ones([8, 1]), { epochs: 15, verbose: 0 });
      expect(Number(history["loss"].at(-1))).toBeLessThan(Number(history["loss"][0]));
    }
  }, 120_000);
});
