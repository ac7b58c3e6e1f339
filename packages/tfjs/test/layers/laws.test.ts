import * as core from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import * as index from "../../src/index.js";
import {
  alphaDropout,
  dropBlock2d,
  dropout,
  gaussianDropout,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  stochasticDepth,
  tokenDropout,
} from "../../src/index.js";
import { NoiseLayer } from "../../src/layers/NoiseLayer.js";
import { backends } from "../backends/backends.js";
import { throughFiles } from "./throughFiles.js";

interface Law {
  readonly shape: number[];
  make(rate: number): NoiseLayer;
  variant(rate: number): core.Variant;
}

const noise = { seed: 7, site: "h", name: "h" };
const dataFormat = "channelsFirst";

/** Each layer, what it is fed, and the variant of core that it must equal. */
const laws: { readonly [name: string]: Law } = {
  dropout: {
    shape: [4, 30],
    make: (rate) => dropout({ rate, ...noise }),
    variant: (rate) => core.dropout({ rate }),
  },
  spatialDropout1d: {
    shape: [4, 5, 6],
    make: (rate) => spatialDropout1d({ rate, ...noise }),
    variant: (rate) => core.spatialDropout({ rate, channels: "last" }),
  },
  spatialDropout2d: {
    shape: [4, 5, 3, 6],
    make: (rate) => spatialDropout2d({ rate, ...noise }),
    variant: (rate) => core.spatialDropout({ rate, channels: "last" }),
  },
  "spatialDropout2d, channels first": {
    shape: [4, 6, 5, 3],
    make: (rate) => spatialDropout2d({ rate, dataFormat, ...noise }),
    variant: (rate) => core.spatialDropout({ rate, channels: "first" }),
  },
  spatialDropout3d: {
    shape: [2, 3, 4, 2, 6],
    make: (rate) => spatialDropout3d({ rate, ...noise }),
    variant: (rate) => core.spatialDropout({ rate, channels: "last" }),
  },
  "spatialDropout3d, channels first": {
    shape: [2, 6, 3, 4, 2],
    make: (rate) => spatialDropout3d({ rate, dataFormat, ...noise }),
    variant: (rate) => core.spatialDropout({ rate, channels: "first" }),
  },
  alphaDropout: {
    shape: [4, 30],
    make: (rate) => alphaDropout({ rate, ...noise }),
    variant: (rate) => core.alphaDropout({ rate }),
  },
  "alphaDropout, noise shape": {
    shape: [4, 5, 6],
    make: (rate) => alphaDropout({ rate, noiseShape: [null, 1, 6], ...noise }),
    variant: (rate) => core.alphaDropout({ rate, noiseShape: [null, 1, 6] }),
  },
  gaussianDropout: {
    shape: [4, 30],
    make: (rate) => gaussianDropout({ rate, ...noise }),
    variant: (rate) => core.gaussianDropout({ rate }),
  },
  dropBlock2d: {
    shape: [3, 7, 6, 4],
    make: (rate) => dropBlock2d({ rate, blockSize: 3, ...noise }),
    variant: (rate) => core.dropBlock({ rate, blockSize: 3, channels: "last" }),
  },
  "dropBlock2d, channels first": {
    shape: [3, 4, 7, 6],
    make: (rate) => dropBlock2d({ rate, blockSize: 3, dataFormat, ...noise }),
    variant: (rate) => core.dropBlock({ rate, blockSize: 3, channels: "first" }),
  },
  stochasticDepth: {
    shape: [9, 5, 2],
    make: (rate) => stochasticDepth({ rate, ...noise }),
    variant: (rate) => core.stochasticDepth({ rate }),
  },
  "stochasticDepth, per batch": {
    shape: [9, 5, 2],
    make: (rate) => stochasticDepth({ rate, per: "batch", ...noise }),
    variant: (rate) => core.stochasticDepth({ rate, per: "batch" }),
  },
  tokenDropout: {
    shape: [4, 5, 3, 2],
    make: (rate) => tokenDropout({ rate, ...noise }),
    variant: (rate) => core.tokenDropout({ rate }),
  },
};
const names = Object.keys(laws);

test("every exported layer on activations has a law", () => {
  const made = new Set(names.map((name) => laws[name].make(0.5).constructor));
  const classes = Object.values<unknown>(index).filter(
    (value) => typeof value === "function" && value.prototype instanceof NoiseLayer,
  );
  expect(classes.length).toBeGreaterThan(5);
  for (const layer of classes)
    expect(made, String(Reflect.get(Object(layer), "name"))).toContain(layer);
});

const floats = (shape: readonly number[], seed: number): tf.Tensor =>
  tf.randomNormal([...shape], 0, 1, "float32", seed);
const values = (tensor: tf.Tensor): Float32Array => tensor.dataSync<"float32">();
const train = (layer: tf.layers.Layer, x: tf.Tensor): tf.Tensor =>
  layer.apply(x, { training: true }) as tf.Tensor;

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test.each(names)("%s: output and gradient are core's to the bit, at each step", (name) => {
    const { shape, make, variant } = laws[name];
    const layer = make(0.3);
    const x = floats(shape, 1);
    const dy = floats(shape, 2);
    for (let step = 0; step < 2; step++) {
      const call = { shape, seed: 7, site: "h", step, training: true };
      const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => train(layer, input))(x, dy);
      expect(values(value)).toEqual(core.forward(variant(0.3), values(x), call));
      expect(values(grad)).toEqual(core.backward(variant(0.3), values(dy), call));
    }
  });

  test.each(names)("%s: is the identity at inference and at rate 0", (name) => {
    const { shape, make } = laws[name];
    const x = floats(shape, 1);
    expect(values(make(0.3).apply(x) as tf.Tensor)).toEqual(values(x));
    // Alpha dropout's slope is sqrt(1) and its shift 0 there: exact too.
    expect(values(train(make(0), x))).toEqual(values(x));
  });

  test.each(names)("%s: 50 steps with gradients hold the number of tensors", (name) => {
    const { shape, make } = laws[name];
    const layer = make(0.3);
    const x = floats(shape, 1);
    const step = (): void => tf.dispose(tf.grad((input: tf.Tensor) => train(layer, input))(x));
    step();
    const { numTensors } = tf.memory();
    for (let i = 0; i < 50; i++) step();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test.each(names)("%s: a saved and loaded model draws the next step's noise", async (name) => {
    const { shape, make } = laws[name];
    const model = tf.sequential({
      layers: [
        tf.layers.activation({ activation: "linear", inputShape: shape.slice(1) }),
        make(0.3),
      ],
    });
    const x = floats(shape, 1);
    for (let i = 0; i < 3; i++) model.apply(x, { training: true });
    const loaded = await throughFiles(model);
    const [next, expected] = [loaded, model].map((it) => it.apply(x, { training: true }));
    expect(values(next as tf.Tensor)).toEqual(values(expected as tf.Tensor));
  });

  test.each(names)("%s: a smaller batch has the head of a larger one's noise", (name) => {
    // One gain for all that a block field keeps: it depends on the batch.
    if (name.startsWith("dropBlock")) return;
    const { shape, make } = laws[name];
    const x = floats(shape, 1);
    const head = tf.slice(x, 0, shape[0] - 1);
    const [whole, part] = [x, head].map((input) => train(make(0.3), input));
    expect(values(part)).toEqual(values(tf.slice(whole, 0, shape[0] - 1)));
  });
});

test.each(names)("%s: its config makes an equal layer", (name) => {
  const config = laws[name].make(0.3).getConfig();
  const layer = laws[name].make(0.3);
  const copy = (layer.constructor as typeof NoiseLayer).fromConfig(
    layer.constructor as tf.serialization.SerializableConstructor<NoiseLayer>,
    config,
  );
  expect(copy.getConfig()).toEqual(config);
});

test.each(names)("%s: applied to a symbol, keeps the shape, and adds no weights", (name) => {
  const { shape, make } = laws[name];
  const layer = make(0.3);
  const y = layer.apply(tf.input({ shape: shape.slice(1) })) as tf.SymbolicTensor;
  expect(y.shape).toEqual([null, ...shape.slice(1)]);
  expect(layer.countParams()).toBe(0);
});

test.each(names)("%s: refuses rates outside [0, 1], and integers to work on", (name) => {
  const { shape, make } = laws[name];
  for (const rate of [-0.1, 1.7, Number.NaN]) {
    expect(() => make(rate)).toThrow(RangeError);
  }
  expect(() => make(0.3).apply(tf.ones(shape, "int32"))).toThrow(
    "input must be float32, got int32",
  );
});

test.each([
  ["spatialDropout1d", [4, 5]],
  ["spatialDropout2d", [4, 5, 6]],
  ["spatialDropout3d", [4, 5, 6, 2]],
  ["dropBlock2d", [4, 5, 6]],
])("%s: refuses the shape %j", (name, shape) => {
  expect(() => laws[name].make(0.3).apply(tf.ones(shape))).toThrow(
    `expected ndim=${laws[name].shape.length}, found ndim=${shape.length}`,
  );
});

test("dataFormat: refuses another word", () => {
  // @ts-expect-error A word of Keras, which tfjs turns into its own when it loads a model.
  expect(() => spatialDropout2d({ rate: 0.3, dataFormat: "channels_last" })).toThrow(
    new TypeError(
      "spatialDropout2d: dataFormat must be channelsFirst or channelsLast, got channels_last",
    ),
  );
});

test("alphaDropout: normal values keep mean 0 and variance 1", () => {
  const x = floats([1_000_000], 3);
  const { mean, variance } = tf.moments(train(alphaDropout({ rate: 0.5, ...noise }), x));
  // Standard errors: 1e-3 of a mean of 1e6 values of variance 1; sqrt((kurtosis - 1) / n) <= 2e-3 of the
  // variance, for a kurtosis below 5. Six of each, for the input's own and the draw's.
  expect(Math.abs(mean.dataSync()[0])).toBeLessThan(6e-3);
  expect(Math.abs(variance.dataSync()[0] - 1)).toBeLessThan(12e-3);
});
