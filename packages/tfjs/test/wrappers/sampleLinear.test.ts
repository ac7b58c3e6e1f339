import { dropConnect as dropConnectVariant } from "@dropoutkit/core";
import { evaluatePart } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { type DropConnectArgs, dropConnect } from "../../src/index.js";
import { backends } from "../backends/backends.js";

const floats = (shape: number[], seed: number): tf.Tensor =>
  tf.randomNormal(shape, 0, 1, "float32", seed);
const init = (seed: number): ReturnType<typeof tf.initializers.randomNormal> =>
  tf.initializers.randomNormal({ seed });
const args = { kernelInitializer: init(1), biasInitializer: init(2) };
const noise = { rate: 0.25, seed: 7, site: "h", name: "h" };
const dense = (units: number, activation: "relu" | "linear" = "relu"): tf.layers.Layer =>
  tf.layers.dense({ units, activation, ...args });
const infer = (layer: tf.layers.Layer, x: tf.Tensor, step?: number): Float32Array =>
  (layer.apply(x, step === undefined ? {} : { step }) as tf.Tensor).dataSync<"float32">();

/** Layers of one linear operation, and what they are fed. */
const layers: { readonly [name: string]: { make(): tf.layers.Layer; readonly shape: number[] } } = {
  dense: { make: () => dense(3, "linear"), shape: [2, 4] },
  "dense on sequences": { make: () => dense(3, "linear"), shape: [2, 3, 4] },
  conv1d: {
    make: () => tf.layers.conv1d({ filters: 2, kernelSize: 2, ...args }),
    shape: [2, 4, 2],
  },
  "conv2d, channels first": {
    make: () =>
      tf.layers.conv2d({ filters: 3, kernelSize: 2, dataFormat: "channelsFirst", ...args }),
    shape: [2, 2, 3, 4],
  },
  conv3d: {
    make: () => tf.layers.conv3d({ filters: 2, kernelSize: 2, ...args }),
    shape: [1, 2, 3, 2, 2],
  },
  conv2dTranspose: {
    make: () => tf.layers.conv2dTranspose({ filters: 2, kernelSize: 2, ...args }),
    shape: [1, 2, 2, 2],
  },
  depthwiseConv2d: {
    make: () =>
      tf.layers.depthwiseConv2d({ kernelSize: 2, depthwiseInitializer: init(1), useBias: false }),
    shape: [1, 3, 3, 2],
  },
};
const names = Object.keys(layers);

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test("dropConnect with samples: inference is the mean of core's samples after the activation", () => {
    const x = floats([2, 4], 5);
    const layer = dropConnect({ layer: dense(3), samples: 6, ...noise });
    const actual = infer(layer, x, 3);
    const [w, b] = layer.getWeights().map((weight) => weight.dataSync<"float32">());
    const part = dropConnectVariant({ rate: 0.25, samples: 6 }).parts[2];
    const { value } = evaluatePart(part, {
      seed: 7,
      site: "h",
      step: 3,
      training: false,
      leaves: {
        x: { shape: [2, 4], data: x.dataSync<"float32">() },
        w: { shape: [4, 3], data: w },
        b: { shape: [3], data: b },
      },
    });
    for (let i = 0; i < 6; i++) {
      let sum = 0;
      for (let s = 0; s < 6; s++) sum += Math.max(0, value.data[s * 6 + i] + b[i % 3]);
      // Ten rounded operations on the way, on sums that stay below 8.
      expect(Math.abs(actual[i] - sum / 6)).toBeLessThan(10 * 8 * 2 ** -23);
    }
  });
});

describe("dropConnect with samples", () => {
  beforeAll(() => tf.setBackend("cpu"));

  test.each(names)("%s: the samples have the mean and variance that masks give", (name) => {
    const { make, shape } = layers[name];
    const x = floats(shape, 5);
    const sampled = dropConnect({ layer: make(), samples: 1, ...noise });
    // Linear, so that the variance is sum of rate * gain * (weight * input)^2, the bias's input being 1.
    const [mean, squares] = [make(), make()];
    mean.apply(x);
    squares.apply(x);
    squares.setWeights(squares.getWeights().map(tf.square));
    const means = infer(mean, x);
    const variances = infer(squares, tf.square(x)).map((sum) => (0.25 / 0.75) * sum);
    const runs = 2000;
    const sums = new Float64Array(means.length);
    const deviations = new Float64Array(means.length);
    for (let step = 0; step < runs; step++) {
      infer(sampled, x, step).forEach((y, i) => {
        sums[i] += y - means[i];
        deviations[i] += (y - means[i]) ** 2;
      });
    }
    for (let i = 0; i < means.length; i++) {
      // Five standard errors: sqrt(v / n) of the mean, v sqrt(2 / n) of the variance.
      const v = variances[i];
      expect(Math.abs(sums[i] / runs)).toBeLessThan(5 * Math.sqrt(v / runs));
      expect(Math.abs(deviations[i] / runs - v)).toBeLessThan(5 * v * Math.sqrt(2 / runs));
    }
  });

  test("predicts the same twice, another after a training step, and holds the tensors", () => {
    const x = floats([2, 4], 5);
    const layer = dropConnect({ layer: dense(3), samples: 4, ...noise });
    const first = infer(layer, x);
    const { numTensors } = tf.memory();
    tf.dispose(layer.apply(x) as tf.Tensor);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(infer(layer, x)).toEqual(first);
    layer.apply(x, { training: true });
    expect(infer(layer, x)).not.toEqual(first);
  });

  test("its config makes an equal layer, and the wrapped layer is as it was", () => {
    const x = floats([2, 4], 5);
    const layer = dropConnect({ layer: dense(3), samples: 4, ...noise });
    infer(layer, x);
    const copy = dropConnect({ layer: dense(3), ...noise });
    expect(layer.getConfig()).toMatchObject({ samples: 4 });
    expect(copy.getConfig()).toMatchObject({ samples: null });
    expect(layer.layer.apply(x)).toMatchObject({ shape: [2, 3] });
    expect(infer(layer.layer, x)).toEqual(infer(copy, x));
  });

  test.each<[Partial<DropConnectArgs>, string]>([
    [{ samples: 0 }, 'dropConnect "c": samples must be an integer >= 1, got 0'],
    [
      { samples: 2, layer: tf.layers.lstm({ units: 2, name: "l" }) },
      "dropConnect: samples must be left out for a recurrent layer, got 2 for l",
    ],
  ])("refuses %j", (given, message) => {
    expect(() => dropConnect({ name: "c", layer: dense(2), rate: 0.5, ...given })).toThrow(message);
  });
});
