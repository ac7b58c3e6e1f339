/// <reference lib="dom" />
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { dropBlock2d, spatialDropout2d, variationalRnn } from "../src/index.js";
import { gpuBackends } from "./gpuBackends.js";
import { layers } from "./layers.js";

/** Outputs of two training calls on a backend, and the gradient by a float input. */
async function run(backend: string, name: string): Promise<tf.TypedArray[]> {
  await tf.setBackend(backend);
  const { make, input } = layers[name];
  const layer = make({ name: "tested" });
  const x = input();
  const call = (value: tf.Tensor): tf.Tensor => layer.apply(value, { training: true }) as tf.Tensor;
  const results = [call(x), call(x)];
  if (x.dtype === "float32") results.push(tf.grad(call)(x));
  return Promise.all(results.map((result) => result.data()));
}

describe.each(gpuBackends)("%s", (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  test.each(Object.keys(layers))("%s: trains as on the cpu backend", async (name) => {
    const [found, expected] = [await run(backend, name), await run("cpu", name)];
    expect(found).toHaveLength(expected.length);
    expected.forEach((values, i) => {
      // Another mask would be off by the size of a value, about 1. Hardware's exp and tanh are within 2^-18, which
      // four timesteps and sums of ten products carry on.
      values.forEach((value, j) => {
        const bound = 2 ** -13 * Math.max(1, Math.abs(value));
        expect(Math.abs(found[i][j] - value)).toBeLessThanOrEqual(bound);
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
