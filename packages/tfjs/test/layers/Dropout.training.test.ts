import { drawMask } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { Dropout, type DropoutArgs, dropout } from "../../src/index.js";
import { backends } from "../backends/backends.js";
import { throughFiles } from "./throughFiles.js";

const list = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** A net with a dropout in it; equal names give equal weights and equal noise. */
const net = (args: Partial<DropoutArgs> = {}): tf.Sequential => {
  const kernel = (seed: number) => tf.initializers.glorotUniform({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 16,
        inputShape: [4],
        activation: "relu",
        kernelInitializer: kernel(1),
      }),
      dropout({ name: "net_dropout", rate: 0.5, ...args }),
      tf.layers.dense({ units: 1, kernelInitializer: kernel(2) }),
    ],
  });
  compile(model);
  return model;
};
const compile = (model: tf.LayersModel): void =>
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
const data = (): { readonly x: tf.Tensor; readonly y: tf.Tensor } => {
  const x = tf.randomNormal([24, 4], 0, 1, "float32", 5);
  return { x, y: tf.sum(x, 1, true) };
};
const fit = async (model: tf.LayersModel, epochs: number): Promise<(number | tf.Tensor)[]> => {
  const { x, y } = data();
  const {
    history: { loss },
  } = await model.fit(x, y, { epochs, batchSize: 10, shuffle: false, verbose: 0 });
  return loss;
};
const dropoutOf = (model: tf.LayersModel): Dropout => {
  const found = model.layers.find((layer) => layer instanceof Dropout);
  if (found === undefined) throw new Error("the model has no Dropout");
  return found;
};

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test("dropout: fit draws a mask a batch, predict and evaluate draw none", async () => {
    const model = net();
    const { x, y } = data();
    await fit(model, 2);
    // 24 examples are batches of 10, 10 and 4.
    expect(dropoutOf(model).step).toBe(6);
    const prediction = () => list(tf.tidy(() => model.predict(x) as tf.Tensor));
    expect(prediction()).toEqual(prediction());
    model.evaluate(x, y);
    expect(dropoutOf(model).step).toBe(6);
  });

  test("dropout: trainOnBatch follows the noise of its step", async () => {
    const { x, y } = data();
    const frozen = net();
    frozen.compile({ optimizer: tf.train.sgd(0), loss: "meanSquaredError" });
    const losses = [await frozen.trainOnBatch(x, y), await frozen.trainOnBatch(x, y)];
    expect(losses[0]).not.toBe(losses[1]);
    dropoutOf(frozen).step = 0;
    expect(await frozen.trainOnBatch(x, y)).toBe(losses[0]);
  });

  test("dropout: a hand-written loop takes gradients through the step's mask", () => {
    const layer = dropout({ rate: 0.5, site: "a" });
    const weights = tf.variable(tf.ones([1, 8]));
    for (const step of [0, 1, 2]) {
      const mask = drawMask({ shape: [1, 8], rate: 0.5, seed: 0, site: "a/activation", step });
      const { grads } = tf.variableGrads(
        () => tf.sum(layer.call(weights, { training: true })),
        [weights],
      );
      expect(list(grads[weights.name])).toEqual([...mask].map((kept) => 2 * kept));
    }
    weights.dispose();
  });

  test("dropout: every weight learns over steps", async () => {
    const model = net({ rate: 0.9 });
    const start = list(model.layers[2].getWeights()[0]);
    await fit(model, 20);
    const end = list(model.layers[2].getWeights()[0]);
    // A unit is dropped for an example with 0.9, for all 24 x 20 of them with 0.9^480 < 1e-21.
    end.forEach((weight, i) => {
      expect(weight).not.toBe(start[i]);
    });
  });

  test("dropout: call arguments reach it through a model", () => {
    const input = tf.input({ shape: [64] });
    const layer = dropout({ rate: 0.5 });
    const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
    const x = tf.ones([1, 64]);
    const run = (kwargs: object) => list(model.apply(x, kwargs) as tf.Tensor);
    const first = run({ training: true });
    expect(run({ training: true })).not.toEqual(first);
    expect(run({ training: true, step: 0 })).toEqual(first);
    expect(run({})).toEqual(list(x));
    expect(layer.step).toBe(2);
  });

  test("dropout: a layer used twice in a model draws twice", () => {
    const input = tf.input({ shape: [64] });
    const layer = dropout({ rate: 0.5 });
    const outputs = [layer.apply(input), layer.apply(input)] as tf.SymbolicTensor[];
    const model = tf.model({ inputs: input, outputs });
    const [a, b] = model.apply(tf.ones([1, 64]), { training: true }) as tf.Tensor[];
    expect(list(a)).not.toEqual(list(b));
    expect(layer.step).toBe(2);
  });

  test("dropout: TimeDistributed draws a mask a timestep", () => {
    const inner = dropout({ rate: 0.5, site: "a" });
    const layer = tf.layers.timeDistributed({ layer: inner });
    const y = layer.apply(tf.ones([1, 3, 40]), { training: true }) as tf.Tensor;
    const masks = [0, 1, 2].flatMap((step) => [
      ...drawMask({ shape: [1, 40], rate: 0.5, seed: 0, site: "a/activation", step }),
    ]);
    expect(list(y)).toEqual(masks.map((kept) => 2 * kept));
  });

  test("dropout: a saved and loaded model trains on as if it had not stopped", async () => {
    const whole = await fit(net(), 4);
    const first = net();
    const start = await fit(first, 2);
    const loaded = await throughFiles(first);
    compile(loaded);
    expect(dropoutOf(loaded).step).toBe(6);
    expect([...start, ...(await fit(loaded, 2))]).toEqual(whole);
  });

  test("dropout: two models trained in turns train as each alone", async () => {
    const alone = [await fit(net({ seed: 1 }), 3), await fit(net({ seed: 2 }), 3)];
    const models = [net({ seed: 1 }), net({ seed: 2 })];
    const losses: (number | tf.Tensor)[][] = [[], []];
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const [i, model] of models.entries()) losses[i].push(...(await fit(model, 1)));
    }
    expect(losses).toEqual(alone);
    expect(losses[0]).not.toEqual(losses[1]);
  });

  test("dropout: 200 steps hold the number of tensors, and dispose frees the model", async () => {
    const { x, y } = data();
    const empty = tf.memory().numTensors;
    const model = net();
    await model.trainOnBatch(x, y);
    const { numTensors } = tf.memory();
    for (let step = 0; step < 200; step++) await model.trainOnBatch(x, y);
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
    expect(tf.memory().numTensors).toBe(empty);
  });
});

test("dropout: the config keeps every option through a saved model", async () => {
  const args = {
    name: "d",
    rate: 0.25,
    noiseShape: [null, 1],
    seed: 9,
    site: "My_Site a",
    step: 3,
  };
  const model = tf.sequential({ layers: [dropout({ ...args, inputShape: [4] })] });
  const loaded = dropoutOf(await throughFiles(model));
  expect(loaded.getConfig()).toEqual(dropoutOf(model).getConfig());
  const { rate, noiseShape, seed, step } = loaded.getConfig();
  expect(loaded.site).toBe("My_Site a");
  expect({ rate, noiseShape, seed, step }).toEqual({
    rate: 0.25,
    noiseShape: [null, 1],
    seed: 9,
    step: 3,
  });
});

test("dropout: adds no weight to a model", () => {
  expect(net().countParams()).toBe(4 * 16 + 16 + 16 + 1);
  expect(net().getWeights()).toHaveLength(4);
});
