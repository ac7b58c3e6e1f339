import { drawMask, forward, dropout as variantOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Dropout, dropout } from "../../src/layers/Dropout.js";
import { backends } from "../backends/backends.js";

const list = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const train = (layer: Dropout, x: tf.Tensor): number[] => list(layer.call(x, { training: true }));

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test("dropout: equals core to the bit, mask and values, for any shape, rate, seed and step", () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const axis = fc.record({ size: fc.integer({ min: 1, max: 9 }), shared: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(axis, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        word,
        word,
        (axes, rate, seed, step) => {
          const shape = axes.map(({ size }) => size);
          const noiseShape = axes.map(({ shared }) => (shared ? 1 : null));
          const x = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => i - 7.3);
          const layer = dropout({ rate, noiseShape, seed, step, site: "h" });
          const y = tf.tidy(() => train(layer, tf.tensor(x, shape)));
          const options = { shape, seed, step, site: "h", training: true };
          expect(y).toEqual([...forward(variantOf({ rate, noiseShape }), x, options)]);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
    const mask = drawMask({ shape: [50, 40], rate: 0.3, seed: 1, site: "h/activation", step: 2 });
    const layer = dropout({ rate: 0.3, seed: 1, site: "h", step: 2 });
    expect(train(layer, tf.ones([50, 40])).map(Math.sign)).toEqual([...mask]);
  });

  test("dropout: is the identity at inference and at rate 0, and zeros at rate 1", () => {
    const values = [1, -2, Number.NaN, Infinity, 0];
    const x = tf.tensor(values);
    expect(list(dropout({ rate: 0.5 }).call(x, { training: false }))).toEqual(values);
    expect(train(dropout({ rate: 0 }), x)).toEqual(values);
    expect(train(dropout({ rate: 1 }), x)).toEqual([0, 0, 0, 0, 0]);
  });

  test("dropout: keeps the mean", () => {
    const entries = 100_000;
    const mean = tf.mean(dropout({ rate: 0.3 }).call(tf.ones([entries]), { training: true }));
    // Each entry is kept / keep: variance rate / keep; five standard errors of the mean.
    const standardError = Math.sqrt(0.3 / 0.7 / entries);
    expect(Math.abs(mean.dataSync()[0] - 1)).toBeLessThan(5 * standardError);
  });

  test("dropout: NaN and Inf under dropped entries vanish", () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      const y = train(dropout({ rate: 0.5, site: "a" }), tf.fill([100], value));
      const mask = drawMask({ shape: [100], rate: 0.5, seed: 0, site: "a/activation", step: 0 });
      expect(y).toEqual([...mask].map((kept) => (kept === 1 ? value : 0)));
    }
  });

  test("dropout: the gradient is gain where the forward pass kept, exactly 0 elsewhere", () => {
    const layer = dropout({ rate: 0.75, site: "a" });
    const mask = drawMask({ shape: [100], rate: 0.75, seed: 0, site: "a/activation", step: 0 });
    const gradient = tf.grad((x) => layer.call(x, { training: true, step: 0 }));
    const x = tf.fill([100], Number.NaN);
    expect(list(gradient(x))).toEqual([...mask].map((kept) => 4 * kept));
    const dy = tf.fill([100], Infinity);
    expect(list(gradient(x, dy))).toEqual([...mask].map((kept) => (kept === 1 ? Infinity : 0)));
  });

  test("dropout: differentiates twice through one mask", () => {
    const layer = dropout({ rate: 0.5, site: "a" });
    const mask = drawMask({ shape: [50], rate: 0.5, seed: 0, site: "a/activation", step: 3 });
    const cube = (x: tf.Tensor) => layer.call(tf.mul(tf.square(x), x), { training: true, step: 3 });
    // d²(gain · x³)/dx² = gain · 6x with gain 2, at x = 1.
    expect(list(tf.grad(tf.grad(cube))(tf.ones([50])))).toEqual([...mask].map((kept) => 12 * kept));
  });

  test("dropout: one mask serves the axes of size 1 in noiseShape", () => {
    const rows = train(dropout({ rate: 0.5, noiseShape: [null, 1] }), tf.ones([20, 3]));
    for (let i = 0; i < rows.length; i += 3) {
      expect(new Set(rows.slice(i, i + 3)).size).toBe(1);
    }
    expect(new Set(rows)).toEqual(new Set([0, 2]));
  });

  test("dropout: a smaller batch draws the head of a larger one's mask", () => {
    const args = { rate: 0.5, site: "a" };
    const large = train(dropout(args), tf.ones([32, 10]));
    expect(train(dropout(args), tf.ones([20, 10]))).toEqual(large.slice(0, 200));
  });
});

test("dropout: the null seed and noise shape of a Keras config are the defaults", () => {
  const config = {
    name: "d",
    trainable: true,
    dtype: "float32",
    rate: 0.5,
    noiseShape: null,
    seed: null,
  };
  const layer = Dropout.fromConfig<Dropout>(Dropout, config);
  expect(layer.getConfig()).toEqual(dropout({ name: "d", rate: 0.5 }).getConfig());
  expect([layer.seed, layer.step]).toEqual([0, 0]);
});

test("dropout: default names differ, and are fit for weights, which allow no '>'", () => {
  const names = [dropout({ rate: 0 }).name, dropout({ rate: 0 }).name];
  expect(names[0]).not.toBe(names[1]);
  for (const name of names) expect(name).toMatch(/^dropoutkit_Dropout\d+$/);
});

test.each([-0.1, 1.1, Number.NaN, Infinity])("dropout: refuses the rate %s", (rate) => {
  expect(() => dropout({ rate })).toThrow(
    new RangeError(`dropout: rate must be in [0, 1], got ${rate}`),
  );
});

test("dropout: refuses a missing rate", () => {
  expect(() => Dropout.fromConfig(Dropout, { name: "d" })).toThrow(
    new TypeError("dropout: rate must be a number in [0, 1], got undefined"),
  );
});

test("dropout: refuses sizes in noiseShape that are none", () => {
  expect(() => dropout({ rate: 0.5, noiseShape: [0] })).toThrow(
    new RangeError("dropout: noiseShape must be null or integers >= 1, got 0"),
  );
});

test.each([[[2, 3, 3]], [[3, 3]], [[1, 2, 3]]])(
  "dropout: refuses the noiseShape %j, which does not broadcast to [2, 3]",
  (noiseShape) => {
    const layer = dropout({ name: "d", rate: 0.5, noiseShape });
    expect(() => layer.apply(tf.ones([2, 3]), { training: true })).toThrow(
      new RangeError(
        `dropout "d": noiseShape must broadcast to the target [2, 3], got [${noiseShape.join(", ")}]`,
      ),
    );
  },
);
