import { describe, expect, test } from "vitest";
import {
  binaryCrossEntropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  type RegressionOptions,
} from "../../src/index.js";
import { mlp } from "../trainer/noisyMlp.js";
import { expectLoss, floats, mean } from "./lossLaw.js";

const dims = [2, 3];
const y = [0.5, -2, 3, 4, -0.25, 1];
// No error is 0 or 1, where the absolute error and Huber's loss with delta 1 have kinks or bends.
const target = [1, -2.5, 3.25, 1, 2, 0.25];
const feeds = { target: floats(dims, target) };

const losses = [
  ["meanSquaredError", meanSquaredError, (error: number) => error ** 2],
  ["meanAbsoluteError", meanAbsoluteError, Math.abs],
  [
    "huber",
    huber,
    (error: number) => (Math.abs(error) <= 1 ? error ** 2 / 2 : Math.abs(error) - 0.5),
  ],
  [
    "huber with a delta of 2.5",
    (options: RegressionOptions) => huber({ ...options, delta: 2.5 }),
    (error: number) => (Math.abs(error) <= 2.5 ? error ** 2 / 2 : 2.5 * (Math.abs(error) - 1.25)),
  ],
] as const;

describe("losses of numbers", () => {
  for (const [name, loss, each] of losses) {
    test.each([7, 10, 11, 13, 18])(`${name}: its definition and gradient, opset %d`, (opset) =>
      expectLoss({
        loss: loss({ prediction: "y" }),
        dims,
        y,
        feeds,
        reference: (values) => mean(values.map((value, i) => each(value - target[i]))),
        opset,
      }),
    );
  }

  test("a prediction equal to its target has loss 0", async () => {
    for (const [, loss] of losses) {
      const options = { dims, y, feeds: { target: floats(dims, y) } };
      const flat = { ...options, loss: loss({ prediction: "y" }), reference: () => 0 };
      await expectLoss(flat);
    }
  });

  test("errors", () => {
    expect(() => meanSquaredError({ prediction: "logit" }).addTo(mlp())).toThrow(
      "meanSquaredError: prediction must be a tensor of the model with a known shape, got logit; did you mean logits?",
    );
    expect(() => huber({ prediction: "logits", target: "x" }).addTo(mlp())).toThrow(
      "huber: target must be the name of a new input, got x",
    );
    for (const delta of [0, Number.NaN]) {
      expect(() => huber({ prediction: "logits", delta })).toThrow(
        new RangeError(`huber: delta must be a finite number > 0, got ${delta}`),
      );
    }
  });
});

describe("binaryCrossEntropy", () => {
  const probabilities = [0, 1, 0.25, 1, 0.5, 0];
  const reference = (values: readonly number[]) =>
    mean(
      values.map((z, i) => {
        const log = (sign: number) => -Math.log1p(Math.exp(-sign * z));
        return -probabilities[i] * log(1) - (1 - probabilities[i]) * log(-1);
      }),
    );
  const loss = binaryCrossEntropy({ logits: "y" });

  test.each([7, 13, 18])("its definition and gradient, opset %d", (opset) =>
    expectLoss({ loss, dims, y, feeds: { target: floats(dims, probabilities) }, reference, opset }),
  );

  test("large scores neither overflow nor underflow", () =>
    expectLoss({
      loss,
      dims: [2],
      y: [200, -200],
      feeds: { target: floats([2], [1, 0]) },
      reference: () => 0,
    }));
});
