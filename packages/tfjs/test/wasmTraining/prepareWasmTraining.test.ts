import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { expect, test } from "vitest";
import { prepareWasmTraining } from "../../src/wasmTraining.js";

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
  "prepareWasmTraining: on wasm a convolution has the gradients of cpu, $size $strides $pad",
  async (convolution) => {
    prepareWasmTraining();
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

test("prepareWasmTraining: a layer without activation, which tfjs computes otherwise, trains on wasm", async () => {
  await tf.setBackend("wasm");
  prepareWasmTraining();
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

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])("prepareWasmTraining: a product, transposed %j and %j, is that of cpu", async (a, b) => {
  prepareWasmTraining();
  prepareWasmTraining();
  const [n, k, m] = [5, 7, 3];
  const product = async (backend: string): Promise<Float32Array> => {
    await tf.setBackend(backend);
    const waves = (rows: number, columns: number, from: number): tf.Tensor =>
      tf.sin(tf.reshape(tf.range(from, from + 2 * rows * columns), [2, rows, columns]));
    const left = a ? waves(k, n, 0) : waves(n, k, 0);
    const right = b ? waves(m, k, 50) : waves(k, m, 50);
    const before = tf.memory().numTensors;
    const result = tf.matMul(left, right, a, b);
    expect(result.shape).toEqual([2, n, m]);
    expect(tf.memory().numTensors).toBe(before + 1);
    return result.data<"float32">();
  };
  const [wasm, cpu] = [await product("wasm"), await product("cpu")];
  // Sums of seven products of numbers up to 1, which the backends may round in another order; sines by 2^-23 each.
  wasm.forEach((value, i) => {
    expect(Math.abs(value - cpu[i])).toBeLessThan(7 * (7 * 2 ** -24 + 2 ** -22));
  });
});
