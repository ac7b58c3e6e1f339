import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { layers, type TestedLayer } from "./layers.js";
import { throughFiles } from "./throughFiles.js";

const names = Object.keys(layers);
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const train = (layer: tf.layers.Layer, x: tf.Tensor, step?: number): tf.Tensor =>
  layer.apply(x, { training: true, ...(step !== undefined && { step }) }) as tf.Tensor;

beforeAll(() => tf.setBackend("cpu"));

/** A weighted sum of the outputs, and the sum of its terms' sizes, in float64. */
function weighted(layer: tf.layers.Layer, x: tf.Tensor): { sum: number; size: number } {
  const y = tf.tidy(() => values(train(layer, x, 3)));
  const terms = y.map((value, i) => value * Math.cos(i));
  return {
    sum: terms.reduce((a, b) => a + b, 0),
    size: terms.reduce((a, b) => a + Math.abs(b), 0),
  };
}

const H = 2 ** -5;

/** Compares a gradient with central differences; `moved` is the weighted sum with entry i moved by h. */
function expectDifferences(
  gradient: readonly number[],
  size: number,
  moved: (i: number, h: number) => number,
): void {
  // The outputs come of at most 60 rounded operations on the longest path, each 2^-24 of a term.
  const rounding = (2 * 60 * 2 ** -24 * size) / H;
  gradient.forEach((derivative, i) => {
    const [coarse, fine] = [H, H / 2].map((h) => (moved(i, h) - moved(i, -h)) / (2 * h));
    // The truncation of `fine` is a third of the step between the two, to leading order.
    expect(Math.abs(fine - derivative)).toBeLessThanOrEqual(Math.abs(coarse - fine) + rounding);
  });
}

/** A tensor of the values with one of them moved. */
function tensorOf(start: readonly number[], shape: number[], i: number, h: number): tf.Tensor {
  return tf.tensor(
    start.map((value, at) => (at === i ? value + h : value)),
    shape,
  );
}

const gradientOf = (layer: tf.layers.Layer, x: tf.Tensor): tf.Scalar => {
  const y = train(layer, x, 3);
  return tf.sum(tf.mul(y, tf.reshape(tf.cos(tf.range(0, y.size)), y.shape)));
};

test.each(names)("%s: the gradient by its input is that of finite differences", (name) => {
  const { make, input } = layers[name];
  const [layer, x] = [make({ name: "l" }), input()];
  // Words have no gradient.
  if (x.dtype !== "float32") return;
  const gradient = values(tf.grad((at: tf.Tensor) => gradientOf(layer, at))(x));
  expect(gradient.some((derivative) => derivative !== 0)).toBe(true);
  const start = values(x);
  expectDifferences(
    gradient,
    weighted(layer, x).size,
    (i, h) => weighted(layer, tensorOf(start, x.shape, i, h)).sum,
  );
});

test.each(names)(
  "%s: the gradients by its weights are those of finite differences",
  async (name) => {
    const { make, input } = layers[name];
    const [layer, x] = [make({ name: "l" }), input()];
    train(layer, x, 3);
    const weights = layer.trainableWeights;
    if (weights.length === 0) return;
    const { grads } = tf.variableGrads(() => gradientOf(layer, x));
    for (const weight of weights) {
      const start = values(weight.read());
      const shape = weight.read().shape;
      const gradient = grads[Reflect.get(weight, "val").name];
      expectDifferences(values(gradient), weighted(layer, x).size, (i, h) => {
        weight.write(tensorOf(start, shape, i, h));
        const { sum } = weighted(layer, x);
        weight.write(tf.tensor(start, shape));
        return sum;
      });
    }
  },
);

/** A model that ends in one number an example; equal calls make equal models. */
function net({ make, shape }: TestedLayer): tf.Sequential {
  const first = make({ name: "l", inputShape: shape.slice(1) });
  const model = tf.sequential({ layers: [first] });
  const units = sizeOf(first.outputShape as number[]);
  model.add(tf.layers.reshape({ targetShape: [units] }));
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 9 });
  model.add(tf.layers.dense({ units: 1, kernelInitializer }));
  compile(model);
  return model;
}
const sizeOf = (shape: readonly number[]): number => shape.slice(1).reduce((a, b) => a * b, 1);
const compile = (model: tf.LayersModel): void => {
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
};

async function losses(model: tf.LayersModel, x: tf.Tensor, steps: number): Promise<unknown[]> {
  const y = tf.ones([x.shape[0], 1]);
  const all: unknown[] = [];
  for (let i = 0; i < steps; i++) all.push(await model.trainOnBatch(x, y));
  y.dispose();
  return all;
}

test.each(names)(
  "%s: a run that goes through files has the losses of one that does not",
  async (name) => {
    const x = layers[name].input();
    const whole = await losses(net(layers[name]), x, 6);
    const first = net(layers[name]);
    const start = await losses(first, x, 3);
    const second = await throughFiles(first);
    compile(second);
    expect([...start, ...(await losses(second, x, 3))]).toEqual(whole);
    expect(new Set(whole).size).toBe(6);
  },
);

test.each(names)(
  "%s: 50 steps hold the number of tensors, and dispose leaves none",
  async (name) => {
    const x = layers[name].input();
    const before = tf.memory().numTensors;
    const model = net(layers[name]);
    await losses(model, x, 1);
    const { numTensors } = tf.memory();
    await losses(model, x, 50);
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
);

test.each(names)(
  "%s: draws a step later at each training call, and is free of noise at inference",
  (name) => {
    const { make, input } = layers[name];
    const [layer, x] = [make({ name: "l" }), input()];
    const [first, second] = [0, 1].map(() => values(train(layer, x)));
    expect(second).not.toEqual(first);
    expect(layer.step).toBe(2);
    expect(values(train(layer, x, 0))).toEqual(first);
    const [clean, again] = [0, 1].map(() => values(layer.apply(x) as tf.Tensor));
    expect(again).toEqual(clean);
    expect(layer.step).toBe(2);
  },
);

test.each(names)("%s: its config makes an equal layer", (name) => {
  const layer = layers[name].make({ name: "l" });
  const [cls, fromConfig] =
    tf.serialization.SerializationMap.getMap().classNameMap[layer.getClassName()];
  const copy = fromConfig(cls, layer.getConfig());
  expect(JSON.stringify(copy.getConfig())).toBe(JSON.stringify(layer.getConfig()));
});

test.each(names)("%s: keeps the noise of its examples in a smaller batch", (name) => {
  const { make, input, shape } = layers[name];
  // One gain for all that a block field keeps, and one mask for the batch: both depend on the batch.
  if (name === "dropBlock2d") return;
  const x = input();
  const size = shape[0] - 1;
  const [whole, head] = [x, tf.slice(x, 0, size)].map((batch) =>
    train(make({ name: "l" }), batch, 3),
  );
  expect(values(head)).toEqual(values(tf.slice(whole, 0, size)));
});
