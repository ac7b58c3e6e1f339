import { drawMask } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { dropout } from "../src/layers/Dropout.js";

beforeAll(async () => {
  // Answers false, and throws nothing, where the backend cannot start.
  expect(await tf.setBackend("webgl")).toBe(true);
});

test.each([
  { shape: [7, 300], noiseShape: undefined, fieldShape: [7, 300] },
  { shape: [3, 5, 4, 9], noiseShape: [null, 1, 1, null], fieldShape: [3, 1, 1, 9] },
])(
  "webgl: the mask of $shape with noiseShape $noiseShape equals core's to the bit",
  async (the) => {
    const { shape, noiseShape, fieldShape } = the;
    const key = { seed: 2 ** 32 - 1, site: "h/activation", step: 12 };
    const mask = drawMask({ ...key, shape: fieldShape, rate: 0.3 });
    const layer = dropout({ rate: 0.3, noiseShape, seed: key.seed, site: "h", step: key.step });
    const y = layer.call(tf.ones(shape), { training: true });
    const expected = tf.broadcastTo(tf.tensor([...mask], fieldShape), shape);
    expect([...(await y.data())].map(Math.sign)).toEqual([...(await expected.data())]);
  },
);

test("webgl: NaN and Inf under dropped entries vanish, in the output and in the gradient", async () => {
  const layer = dropout({ rate: 0.5, site: "h" });
  const mask = drawMask({ shape: [200], rate: 0.5, seed: 0, site: "h/activation", step: 0 });
  const values = [...mask].map((kept, i) => (kept === 1 ? 3 : i % 2 === 0 ? Number.NaN : Infinity));
  const x = tf.tensor(values);
  const call = (input: tf.Tensor) => layer.call(input, { training: true, step: 0 });
  const expected = [...mask].map((kept) => 6 * kept);
  expect([...(await call(x).data())]).toEqual(expected);
  expect([
    ...(await tf
      .grad(call)(tf.zeros([200]), x)
      .data()),
  ]).toEqual(expected);
});

test("webgl: holds the number of tensors over steps", () => {
  const layer = dropout({ rate: 0.5 });
  const x = tf.ones([64]);
  const step = (): void =>
    tf
      .grad((input) => layer.call(input, { training: true }))(x)
      .dispose();
  step();
  const { numTensors } = tf.memory();
  for (let i = 0; i < 20; i++) step();
  expect(tf.memory().numTensors).toBe(numTensors);
});
