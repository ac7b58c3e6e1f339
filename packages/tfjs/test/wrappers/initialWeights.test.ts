import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { concreteDropout, dropConnect } from "../../src/index.js";

beforeAll(() => tf.setBackend("cpu"));

test.each([
  ["dropConnect", (layer: tf.layers.Layer) => dropConnect({ layer, rate: 0.5 })],
  ["concreteDropout", (layer: tf.layers.Layer) => concreteDropout({ layer })],
])("%s: a wrapped layer has the weights that it was made with", (_, wrap) => {
  const kernel = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
  const dense = tf.layers.dense({ units: 2, weights: [kernel, tf.tensor1d([7, 8])] });
  const y = wrap(dense).apply(tf.ones([1, 3])) as tf.Tensor;
  expect([...y.dataSync()]).toEqual([1 + 3 + 5 + 7, 2 + 4 + 6 + 8]);
});
