/// <reference lib="dom" />
import { forward, dropout as variantOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import { beforeAll, expect, test } from "vitest";
import { dropout, spatialDropout2d, variationalRnn } from "../../src/index.js";

beforeAll(async () => {
  expect(await tf.setBackend("webgpu")).toBe(true);
});

test.each([
  { shape: [7, 300], noiseShape: undefined },
  { shape: [3, 5, 4, 9], noiseShape: [null, 1, 1, null] },
])("webgpu: the values of $shape with noiseShape $noiseShape are core's", async (the) => {
  const { shape, noiseShape } = the;
  const args = { rate: 0.5, ...(noiseShape && { noiseShape }) };
  const key = { seed: 7, site: "h", step: 12 };
  // A value that was computed there, and is not on the host.
  const x = tf.add(tf.ones(shape), 1);
  const y = dropout({ ...args, ...key }).call(x, { training: true });
  const values = new Float32Array(x.size).fill(2);
  const expected = forward(variantOf(args), values, { ...key, shape, training: true });
  expect(await y.data()).toEqual(expected);
});

test("webgpu: a small CNN and a recurrent net train", async () => {
  const images = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1] }),
      spatialDropout2d({ rate: 0.25 }),
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
});
