import { expect, test } from "vitest";
import { adagrad } from "../../src/index.js";
import { expectPath, follow, START } from "./quadratic.js";

/** A step is at most rate = 0.1: a dozen roundings of 2^-24 in 50 of them, and 50 subtractions from values below 4. */
const TOLERANCE = 50 * (0.1 * 12 + 4) * 2 ** -24;

/** s = s + g²; w = w - rate · g / (sqrt(s) + epsilon). */
function reference(rateAt: (step: number) => number, epsilon: number): number[][] {
  const sum = START.map(() => 0);
  return follow(({ w, g, i, step }) => {
    sum[i] += g * g;
    return w - (rateAt(step) * g) / (Math.sqrt(sum[i]) + epsilon);
  });
}

test("adagrad: 50 steps are the reference's", async () => {
  const tolerance = TOLERANCE;
  await expectPath(adagrad({ learningRate: 0.1 }), {
    reference: reference(() => 0.1, 1e-8),
    tolerance,
  });
  const falling = (step: number) => 0.1 * 0.9 ** step;
  await expectPath(adagrad({ learningRate: falling, epsilon: 0.5 }), {
    reference: reference(falling, 0.5),
    tolerance,
  });
});

test("adagrad: options out of range are errors", () => {
  expect(() => adagrad({ learningRate: Number.NaN })).toThrow(
    "adagrad: learningRate must be a finite",
  );
  expect(() => adagrad({ learningRate: 1, epsilon: 0 })).toThrow(
    "adagrad: epsilon must be a finite number > 0, got 0",
  );
});
