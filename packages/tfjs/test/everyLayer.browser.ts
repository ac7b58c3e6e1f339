/// <reference lib="dom" />
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import { describe, expect, test } from "vitest";
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

describe.each(["webgl", "webgpu"])("%s", (backend) => {
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
});
