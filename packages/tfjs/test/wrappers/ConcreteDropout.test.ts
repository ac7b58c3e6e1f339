import { concreteDropout as variantOf } from "@dropoutkit/core";
import { evaluatePenalty } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { concreteDropout } from "../../src/index.js";

beforeAll(() => tf.setBackend("cpu"));

const init = tf.initializers.glorotUniform({ seed: 1 });
const options = { initialRate: 0.3, weightRegularizer: 0.01, dropoutRegularizer: 0.02 };
const net = (): { model: tf.Sequential; layer: ReturnType<typeof concreteDropout> } => {
  const dense = tf.layers.dense({ units: 3, kernelInitializer: init });
  const layer = concreteDropout({ layer: dense, inputShape: [4], site: "h", ...options });
  const model = tf.sequential({ layers: [layer] });
  model.compile({ optimizer: tf.train.sgd(0.5), loss: "meanSquaredError" });
  return { model, layer };
};

test("concreteDropout: the penalty is core's, and part of a model's loss", async () => {
  const { model, layer } = net();
  const x = tf.randomNormal([8, 4], 0, 1, "float32", 2);
  const y = tf.zeros([8, 3]);
  const [kernel] = layer.layer.getWeights();
  const penalty = layer.calculateLosses()[0].dataSync()[0];
  const w = { data: kernel.dataSync<"float32">(), shape: kernel.shape };
  const leaves = { w, features: 4, "learned:logit": Math.log(0.3 / 0.7) };
  const { value } = evaluatePenalty(variantOf(options), leaves);
  expect(penalty).toBeCloseTo(value.data[0], 6);
  const noisy = layer.apply(x, { training: true, step: 0 }) as tf.Tensor;
  const expected = tf.losses.meanSquaredError(y, noisy).dataSync()[0] + penalty;
  const { history } = await model.fit(x, y, {
    epochs: 1,
    batchSize: 8,
    shuffle: false,
    verbose: 0,
  });
  expect(Number(history["loss"][0])).toBeCloseTo(expected, 5);
});

test("concreteDropout: the rate moves, stays in its range, and steps hold the tensors", async () => {
  const { model, layer } = net();
  const x = tf.randomNormal([8, 4], 0, 1, "float32", 2);
  const y = tf.zeros([8, 3]);
  const before = await layer.rate();
  expect(before).toBeCloseTo(0.3, 6);
  await model.trainOnBatch(x, y);
  const { numTensors } = tf.memory();
  for (let i = 0; i < 100; i++) await model.trainOnBatch(x, y);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(await layer.rate()).not.toBeCloseTo(before, 2);
  const weights = layer.getWeights();
  layer.setWeights([...weights.slice(0, -1), tf.scalar(50)]);
  layer.apply(x, { training: true });
  expect(layer.getWeights().at(-1)?.dataSync()[0]).toBe(10);
});

test("concreteDropout: is the layer itself at inference, with one weight more", () => {
  const { model, layer } = net();
  const x = tf.randomNormal([8, 4], 0, 1, "float32", 2);
  const y = model.predict(x) as tf.Tensor;
  expect([...y.dataSync()]).toEqual([...(layer.layer.apply(x) as tf.Tensor).dataSync()]);
  expect(model.countParams()).toBe(4 * 3 + 3 + 1);
});

test("concreteDropout: refuses a recurrent layer, and a rate out of its range", () => {
  const layer = tf.layers.dense({ units: 2 });
  expect(() => concreteDropout({ layer: tf.layers.gru({ units: 2 }) })).toThrow(
    new TypeError("concreteDropout: layer must not be recurrent, got GRU"),
  );
  expect(() => concreteDropout({ layer, initialRate: 0 })).toThrow(
    new RangeError("concreteDropout: initialRate must be in [0.0001, 0.9999], got 0"),
  );
});
