import { drawMask } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { type DropConnectArgs, dropConnect } from "../../src/index.js";
import { backends } from "../backends/backends.js";
import { throughFiles } from "../layers/throughFiles.js";

const floats = (shape: number[], seed: number): tf.Tensor =>
  tf.randomNormal(shape, 0, 1, "float32", seed);
const list = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const init = (seed: number): ReturnType<typeof tf.initializers.randomNormal> =>
  tf.initializers.randomNormal({ seed });
const args = { kernelInitializer: init(1), biasInitializer: init(2) };
/** A rate that 2^-16 divides, and whose gain is a power of two. */
const noise = { rate: 0.5, seed: 7, site: "h" };
const train = (layer: tf.layers.Layer, x: tf.Tensor): tf.Tensor =>
  layer.apply(x, { training: true, step: 3 }) as tf.Tensor;

/** Layers of one kernel, and what they are fed. */
const layers: { readonly [name: string]: { make(): tf.layers.Layer; readonly shape: number[] } } = {
  dense: {
    make: () => tf.layers.dense({ units: 5, activation: "tanh", ...args }),
    shape: [3, 4],
  },
  "dense on sequences": {
    make: () => tf.layers.dense({ units: 5, ...args }),
    shape: [3, 2, 4],
  },
  conv1d: {
    make: () => tf.layers.conv1d({ filters: 3, kernelSize: 2, activation: "relu", ...args }),
    shape: [3, 5, 2],
  },
  conv2d: {
    make: () => tf.layers.conv2d({ filters: 3, kernelSize: 2, activation: "relu", ...args }),
    shape: [3, 5, 4, 2],
  },
  conv3d: {
    make: () => tf.layers.conv3d({ filters: 2, kernelSize: 2, ...args }),
    shape: [2, 3, 3, 3, 2],
  },
  conv2dTranspose: {
    make: () => tf.layers.conv2dTranspose({ filters: 2, kernelSize: 2, ...args }),
    shape: [2, 3, 3, 2],
  },
  depthwiseConv2d: {
    make: () =>
      tf.layers.depthwiseConv2d({
        kernelSize: 2,
        depthwiseInitializer: init(1),
        biasInitializer: init(2),
      }),
    shape: [2, 4, 4, 3],
  },
};

/** The layer with weights of which core's mask keeps some, doubled; of example b, or of the batch. */
function masked(name: string, x: tf.Tensor, example?: { b: number; of: number }): tf.Tensor {
  const layer = layers[name].make();
  layer.build([null, ...x.shape.slice(1)]);
  layer.built = true;
  const weights = layer.getWeights().map((weight, i) => {
    const site = `h/${["kernel", "bias"][i]}`;
    const shape = example ? [example.of, ...weight.shape] : weight.shape;
    const mask = tf.tensor([...drawMask({ seed: 7, site, step: 3, shape, rate: 0.5 })], shape);
    const own = example ? tf.gather(mask, example.b) : mask;
    return tf.mul(weight, tf.mul(own, 2));
  });
  layer.setWeights(weights);
  return layer.apply(x) as tf.Tensor;
}

/** Largest difference, beside 1. */
function gap(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];
}

// Sums of at most 17 products below 20, in another order: 17 * 2^-24 * 17 * 20 < 4e-4; in practice far less.
const ROUNDING = 4e-4;

describe("dropConnect", () => {
  beforeAll(() => tf.setBackend("cpu"));

  test.each(Object.keys(layers))("%s: per batch, weights are dropped by core's masks", (name) => {
    const x = floats(layers[name].shape, 5);
    const layer = dropConnect({ layer: layers[name].make(), per: "batch", ...noise });
    expect(gap(train(layer, x), masked(name, x))).toBeLessThan(ROUNDING);
  });

  test.each(Object.keys(layers))("%s: per example, each has masks of its own", (name) => {
    const x = floats(layers[name].shape, 5);
    const layer = dropConnect({ layer: layers[name].make(), ...noise });
    const [of] = x.shape;
    const each = tf.split(x, of).map((part, b) => masked(name, part, { b, of }));
    expect(gap(train(layer, x), tf.concat(each))).toBeLessThan(ROUNDING);
  });

  test.each(Object.keys(layers))("%s: is the layer itself at inference", (name) => {
    const x = floats(layers[name].shape, 5);
    const plain = layers[name].make();
    const layer = dropConnect({ layer: layers[name].make(), ...noise });
    expect(list(layer.apply(x) as tf.Tensor)).toEqual(list(plain.apply(x) as tf.Tensor));
    expect(layer.countParams()).toBe(plain.countParams());
    expect(layer.computeOutputShape(x.shape)).toEqual(plain.computeOutputShape(x.shape));
  });

  test("dense: gradients are those of the masked weights, per example and per batch", () => {
    const x = floats([3, 4], 5);
    const dy = floats([3, 5], 6);
    const kernel = floats([4, 5], 8);
    for (const per of ["example", "batch"] as const) {
      const dense = tf.layers.dense({ units: 5, useBias: false });
      const layer = dropConnect({ layer: dense, per, ...noise });
      layer.build([null, 4]);
      layer.setWeights([kernel]);
      const shape = per === "example" ? [3, 4, 5] : [1, 4, 5];
      const bits = drawMask({ seed: 7, site: "h/kernel", step: 3, shape, rate: 0.5 });
      const mask = tf.mul(tf.tensor([...bits], shape), 2);
      const einsum = (input: tf.Tensor, w: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(tf.expandDims(input, 2), tf.mul(tf.expandDims(w, 0), mask)), 1);
      const [dx, dw] = tf.grads(einsum)([x, kernel], dy);
      expect(gap(tf.grad((input: tf.Tensor) => train(layer, input))(x, dy), dx)).toBeLessThan(
        ROUNDING,
      );
      const f = (): tf.Scalar => tf.sum(tf.mul(train(layer, x), dy));
      const [actual] = Object.values(tf.variableGrads(f).grads);
      expect(gap(actual, dw)).toBeLessThan(ROUNDING);
    }
  });

  test.each(["lstm", "gru", "simpleRNN"] as const)(
    "%s: one mask of the recurrent kernel a sequence",
    (name) => {
      const make = (): tf.layers.Layer =>
        tf.layers[name]({ units: 3, kernelInitializer: init(1), recurrentInitializer: init(2) });
      const x = floats([2, 4, 2], 5);
      const layer = dropConnect({ layer: make(), ...noise });
      const plain = make();
      plain.apply(x);
      const [kernel, recurrent, bias] = plain.getWeights();
      const bits = drawMask({
        seed: 7,
        site: "h/recurrentKernel",
        step: 3,
        shape: recurrent.shape,
        rate: 0.5,
      });
      const mask = tf.tensor(
        [...bits].map((kept) => 2 * kept),
        recurrent.shape,
      );
      plain.setWeights([kernel, tf.mul(recurrent, mask), bias]);
      expect(list(train(layer, x))).toEqual(list(plain.apply(x) as tf.Tensor));
    },
  );

  test("a saved and loaded model trains on as if it had not stopped", async () => {
    const model = tf.sequential({
      layers: [
        dropConnect({ layer: tf.layers.dense({ units: 3, ...args }), inputShape: [4], ...noise }),
        dropConnect({
          layer: tf.layers.dense({ units: 1, ...args }),
          per: "batch",
          ...noise,
          site: "o",
        }),
      ],
    });
    const x = floats([5, 4], 5);
    for (let i = 0; i < 2; i++) model.apply(x, { training: true });
    const loaded = await throughFiles(model);
    const [next, expected] = [loaded, model].map((it) => it.apply(x, { training: true }));
    expect(list(next as tf.Tensor)).toEqual(list(expected as tf.Tensor));
  });
});

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test("dropConnect: fit lowers the loss, 300 steps hold the tensors, dispose frees them", async () => {
    const before = tf.memory().numTensors;
    const regularizer = tf.regularizers.l2({ l2: 0.01 });
    const model = tf.sequential({
      layers: [
        dropConnect({
          layer: tf.layers.dense({
            units: 8,
            activation: "relu",
            kernelRegularizer: regularizer,
            ...args,
          }),
          inputShape: [4],
          ...noise,
        }),
        tf.layers.dense({ units: 1, ...args }),
      ],
    });
    const optimizer = tf.train.sgd(0.05);
    model.compile({ optimizer, loss: "meanSquaredError" });
    const x = floats([16, 4], 5);
    const y = tf.sum(x, 1, true);
    const { history } = await model.fit(x, y, { epochs: 30, batchSize: 5, verbose: 0 });
    expect(Number(history["loss"].at(-1))).toBeLessThan(Number(history["loss"][0]));
    const { numTensors } = tf.memory();
    for (let i = 0; i < 300; i++) await model.trainOnBatch(x, y);
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
    optimizer.dispose();
    tf.dispose([x, y]);
    // The regulariser's factor is a tensor of tfjs's own.
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1);
  });
});

describe("dropConnect refuses", () => {
  const refuse = (given: Partial<DropConnectArgs>, message: string): void => {
    const layer = tf.layers.dense({ units: 2 });
    expect(() => dropConnect({ name: "c", layer, rate: 0.5, ...given })).toThrow(message);
  };

  test("a layer without one kernel", () => {
    const layer = tf.layers.separableConv2d({ filters: 2, kernelSize: 2 });
    refuse(
      { layer },
      "dropConnect: layer must be one of Dense, Conv1D, Conv2D, Conv3D, Conv2DTranspose, Conv3DTranspose, DepthwiseConv2D, LSTM, GRU or SimpleRNN, got SeparableConv2D",
    );
  });

  test("what is no layer of this tfjs, and says how to look for a second copy", () => {
    // @ts-expect-error As a layer of another copy of tfjs would be.
    refuse({ layer: { name: "dense" } }, "npm ls @tensorflow/tfjs must show one copy");
  });

  test("masks per example of a recurrent layer", () => {
    const layer = tf.layers.lstm({ units: 2, name: "l" });
    refuse(
      { layer, per: "example" },
      "dropConnect: per must be batch for a recurrent layer, got example for l",
    );
  });

  test("a rate outside [0, 1]", () => {
    refuse({ rate: 2 }, 'dropConnect "c": rate must be in [0, 1], got 2');
  });
});
