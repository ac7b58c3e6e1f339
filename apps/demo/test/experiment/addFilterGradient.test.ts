import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { expect, test } from "vitest";
import { addFilterGradient } from "../../src/experiment/addFilterGradient.js";

type Shape4 = [number, number, number, number];

const X: Shape4 = [2, 7, 6, 3];

/** The gradients by input and filter of a weighted sum of a convolution's outputs, on a backend. */
async function gradientsOn(
  backend: string,
  { size, strides, pad }: Convolution,
): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const waves = (shape: Shape4, from: number): tf.Tensor4D => {
    const length = tf.util.sizeFromShape(shape);
    return tf.tensor4d(
      Float32Array.from({ length }, (_, i) => Math.sin(i + from)),
      shape,
    );
  };
  const x = waves(X, 0);
  const shape: Shape4 = [size, size, X[3], 4];
  const filter = waves(shape, 1000);
  const gradients = tf.grads((x, filter) => {
    const y = tf.conv2d(x.as4D(...X), filter.as4D(...shape), strides, pad);
    return tf.sum(tf.mul(y, tf.reshape(tf.cos(tf.range(0, y.size)), y.shape)));
  })([x, filter]);
  return Promise.all(gradients.map(async (gradient) => Float32Array.from(await gradient.data())));
}

interface Convolution {
  readonly size: number;
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid" | number;
}

const convolutions: readonly Convolution[] = [
  { size: 3, strides: 1, pad: "valid" },
  { size: 3, strides: 1, pad: "same" },
  { size: 3, strides: 2, pad: "valid" },
  { size: 3, strides: 2, pad: "same" },
  { size: 2, strides: [1, 2], pad: "same" },
  { size: 3, strides: 1, pad: 2 },
  { size: 1, strides: 2, pad: "valid" },
];

test.each(convolutions)(
  "addFilterGradient: on wasm a convolution has the gradients of cpu, $size $strides $pad",
  async (convolution) => {
    addFilterGradient();
    const [wasm, cpu] = [
      await gradientsOn("wasm", convolution),
      await gradientsOn("cpu", convolution),
    ];
    wasm.forEach((gradient, which) => {
      expect(gradient.length).toBe(cpu[which].length);
      // Sums of at most 84 products of numbers up to 1, in another order: each addition rounds by 2^-24 of 84.
      gradient.forEach((value, i) => {
        expect(Math.abs(value - cpu[which][i])).toBeLessThan(84 * 84 * 2 ** -24);
      });
    });
  },
);

test("addFilterGradient: a layer without activation, which tfjs computes otherwise, trains on wasm", async () => {
  await tf.setBackend("wasm");
  addFilterGradient();
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, inputShape: [6, 6, 1] }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: "meanSquaredError" });
  const kernel = model.getWeights()[0];
  const before = kernel.dataSync();
  await model.fit(tf.ones([4, 6, 6, 1]), tf.ones([4, 1]), { verbose: 0 });
  expect(model.getWeights()[0].dataSync()).not.toEqual(before);
});
