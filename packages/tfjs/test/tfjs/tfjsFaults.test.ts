import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { alphaDropout, dropout, gaussianDropout, variationalRnn } from "../../src/index.js";
import { throughFiles } from "../layers/throughFiles.js";

/** Each test shows a fault of tfjs 4.22, and beside it what the layer of this package does. */
const values = (tensor: unknown): number[] => [...(tensor as tf.Tensor).dataSync()];
const train = (layer: tf.layers.Layer, x: tf.Tensor): number[] =>
  values(layer.apply(x, { training: true }));
const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
const floats = (shape: number[], seed: number): tf.Tensor =>
  tf.randomNormal(shape, 0, 1, "float32", seed);

beforeAll(() => tf.setBackend("cpu"));

describe("dropout", () => {
  test("a seeded layer of tfjs repeats its mask at each step; ours draws another", () => {
    const x = tf.ones([64]);
    const theirs = tf.layers.dropout({ rate: 0.5, seed: 1 });
    expect(train(theirs, x)).toEqual(train(theirs, x));
    const ours = dropout({ rate: 0.5, seed: 1 });
    expect(train(ours, x)).not.toEqual(train(ours, x));
  });

  test("two layers of one seed share their mask in tfjs, and none with us", () => {
    const x = tf.ones([64]);
    const [a, b] = [0, 1].map(() => tf.layers.dropout({ rate: 0.5, seed: 1 }));
    expect(train(a, x)).toEqual(train(b, x));
    const [c, d] = [0, 1].map(() => dropout({ rate: 0.5, seed: 1 }));
    expect(train(c, x)).not.toEqual(train(d, x));
  });

  test("in 100 steps of SGD, some weights behind tfjs's seeded layer never move; with ours all do", async () => {
    const still = async (layer: tf.layers.Layer): Promise<number> => {
      const model = tf.sequential({
        layers: [layer, tf.layers.dense({ units: 1, kernelInitializer: "ones" })],
      });
      model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      const [x, y] = [tf.ones([1, 16]), tf.ones([1, 1])];
      for (let step = 0; step < 100; step++) await model.trainOnBatch(x, y);
      return values(model.layers[1].getWeights()[0]).filter((weight) => weight === 1).length;
    };
    const args = { rate: 0.5, seed: 1, inputShape: [16] };
    expect(await still(tf.layers.dropout(args))).toBeGreaterThan(0);
    // A weight is dropped in all 100 steps with 2^-100.
    expect(await still(dropout(args))).toBe(0);
  });

  test("rate 1 trains as the identity in tfjs; ours gives zeros", () => {
    const x = tf.tensor([1, 2]);
    expect(train(tf.layers.dropout({ rate: 1 }), x)).toEqual([1, 2]);
    expect(train(dropout({ rate: 1 }), x)).toEqual([0, 0]);
  });

  test.each([1.7, -3, Number.NaN])("the rate %s is no error in tfjs; ours refuses it", (rate) => {
    expect(() => tf.layers.dropout({ rate })).not.toThrow();
    expect(() => dropout({ rate })).toThrow(RangeError);
  });

  test("a rate that rounds to 0 is the identity with us, and doubles nothing", () => {
    const ours = train(dropout({ rate: 1e-9 }), tf.ones([100_000]));
    expect(ours.every((value) => value === 1)).toBe(true);
  });

  test("NaN stays under tfjs's dropped entries, and vanishes under ours", () => {
    const x = tf.fill([64], Number.NaN);
    expect(train(tf.layers.dropout({ rate: 0.5 }), x).every(Number.isNaN)).toBe(true);
    expect(train(dropout({ rate: 0.5 }), x)).toContain(0);
  });

  test("a larger noiseShape enlarges tfjs's output; ours refuses it", () => {
    const x = tf.ones([1, 2]);
    const args = { rate: 0.5, noiseShape: [3, 2] };
    expect((tf.layers.dropout(args).apply(x, { training: true }) as tf.Tensor).shape).toEqual([
      3, 2,
    ]);
    expect(() => dropout(args).apply(x, { training: true })).toThrow(RangeError);
  });
});

describe("alphaDropout, gaussianDropout", () => {
  test("normal values get mean 1.6 from tfjs's alpha dropout; ours keeps 0", () => {
    const x = floats([100_000], 1);
    expect(mean(train(tf.layers.alphaDropout({ rate: 0.5 }), x))).toBeGreaterThan(1.5);
    // Six standard errors of a variance of 1, and of the input's own.
    expect(Math.abs(mean(train(alphaDropout({ rate: 0.5 }), x)))).toBeLessThan(12 / Math.sqrt(1e5));
  });

  test("tfjs's alpha dropout loses its noiseShape; ours keeps it", () => {
    const args = { rate: 0.5, noiseShape: [2, 1] };
    expect(tf.layers.alphaDropout(args).getConfig()).not.toHaveProperty("noiseShape");
    expect(alphaDropout(args).getConfig()).toMatchObject({ noiseShape: [2, 1] });
  });

  test.each([
    ["alphaDropout", tf.layers.alphaDropout, alphaDropout],
    ["gaussianDropout", tf.layers.gaussianDropout, gaussianDropout],
  ] as const)("tfjs's %s knows no seed; ours repeats by it", (_, theirs, ours) => {
    const x = floats([64], 1);
    const args = { rate: 0.5, seed: 3, name: "h" };
    expect(train(theirs(args), x)).not.toEqual(train(theirs(args), x));
    expect(train(ours(args), x)).toEqual(train(ours(args), x));
  });
});

describe("recurrent dropout", () => {
  const x = (): tf.Tensor => floats([4, 5, 2], 1);
  const units = 8;
  const theirs = (): tf.layers.Layer =>
    tf.layers.rnn({ cell: tf.layers.lstmCell({ units, dropout: 0.5, recurrentDropout: 0.5 }) });
  const ours = (): tf.layers.Layer =>
    variationalRnn({ cell: tf.layers.lstmCell({ units }), inputRate: 0.5, stateRate: 0.5 });

  test("a cell of tfjs draws one mask for ever; ours one a sequence", () => {
    const [a, b] = [theirs(), ours()];
    expect(train(a, x())).toEqual(train(a, x()));
    expect(train(b, x())).not.toEqual(train(b, x()));
  });

  test("a cell of tfjs keeps its mask at inference; ours is free of noise", () => {
    const infer = (layer: tf.layers.Layer): number[] => values(layer.apply(x()));
    const [a, b] = [theirs(), ours()];
    const [noisyA, noisyB] = [train(a, x()), train(b, x())];
    expect(infer(a)).toEqual(noisyA);
    expect(infer(b)).not.toEqual(noisyB);
    const plain = tf.layers.rnn({ cell: tf.layers.lstmCell({ units }) });
    plain.apply(x());
    plain.setWeights(b.getWeights());
    expect(infer(b)).toEqual(infer(plain));
  });

  test("a smaller last batch throws in tfjs, and trains with us", () => {
    const head = tf.slice(x(), 0, 3);
    const [a, b] = [theirs(), ours()];
    for (const layer of [a, b]) train(layer, x());
    expect(() => train(a, head)).toThrow();
    expect(train(b, head)).toHaveLength(3 * units);
  });

  test("Bidirectional of a cell throws in tfjs, and works with us", () => {
    const both = (layer: tf.layers.Layer): number[] =>
      train(tf.layers.bidirectional({ layer: layer as tf.RNN, mergeMode: "concat" }), x());
    expect(() => both(theirs())).toThrow();
    expect(both(ours())).toHaveLength(4 * 2 * units);
  });

  test("tfjs's LSTM leaves tensors behind; ours leaves none", async () => {
    const left = async (layer: tf.layers.Layer): Promise<number> => {
      const before = tf.memory().numTensors;
      const model = tf.sequential({ layers: [layer, tf.layers.dense({ units: 1 })] });
      model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      const [input, y] = [x(), tf.ones([4, 1])];
      for (let i = 0; i < 2; i++) await model.trainOnBatch(input, y);
      model.dispose();
      tf.dispose([input, y]);
      return tf.memory().numTensors - before;
    };
    const inputShape = [5, 2];
    expect(
      await left(tf.layers.lstm({ units, dropout: 0.5, recurrentDropout: 0.5, inputShape })),
    ).toBeGreaterThan(0);
    const cell = tf.layers.lstmCell({ units });
    expect(await left(variationalRnn({ cell, inputRate: 0.5, stateRate: 0.5, inputShape }))).toBe(
      0,
    );
  });
});

describe("a call argument that is part of the graph", () => {
  const graph = (layer: tf.layers.Layer): tf.LayersModel => {
    const input = tf.input({ shape: [64] });
    return tf.model({
      inputs: input,
      outputs: layer.apply(input, { training: true }) as tf.SymbolicTensor,
    });
  };

  test("training: true is forgotten by tfjs; ours draws in predict, another mask each time", () => {
    const x = tf.ones([1, 64]);
    expect(values(graph(tf.layers.dropout({ rate: 0.5 })).predict(x))).toEqual(values(x));
    const model = graph(dropout({ rate: 0.5 }));
    const first = values(model.predict(x));
    expect(first).toContain(0);
    expect(values(model.predict(x))).not.toEqual(first);
  });

  test("it is saved with the model", async () => {
    const model = graph(dropout({ rate: 0.5, name: "mc", seed: 2 }));
    const x = tf.ones([1, 64]);
    const loaded = await throughFiles(model);
    expect(values(loaded.predict(x))).toEqual(values(model.predict(x)));
    expect(values(loaded.predict(x))).toContain(0);
  });

  test("a shared layer has one", () => {
    const layer = dropout({ rate: 0.5, name: "d" });
    const input = tf.input({ shape: [64] });
    layer.apply(input, { training: true });
    expect(() => layer.apply(input)).toThrow(
      new TypeError(
        'dropout "d": training must be the same at all places of the layer, got true and undefined',
      ),
    );
  });
});
