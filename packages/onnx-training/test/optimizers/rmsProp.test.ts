import { expect, test } from "vitest";
import { type RmsPropOptions, rmsProp } from "../../src/index.js";
import { expectPath, follow, START } from "./quadratic.js";

/**
 * A step is rate · v with |v| <= 1 / (sqrt(1 - rho) (1 - momentum)) < 7: with a dozen roundings of 2^-24 each, 50
 * steps of 0.01 are off by 50 · 0.01 · 7 · 12 · 2^-24 = 2.5e-6, and w's own subtractions by 50 · 4 · 2^-24 = 1.2e-5.
 */
const TOLERANCE = 2e-5;

/** s = rho · s + (1 - rho) · g²; v = momentum · v + g / (sqrt(s) + epsilon); w = w - rate · v. */
function reference(
  rateAt: (step: number) => number,
  { rho = 0.9, momentum = 0, epsilon = 1e-8 }: Omit<RmsPropOptions, "learningRate"> = {},
): number[][] {
  const square = START.map(() => 0);
  const velocity = START.map(() => 0);
  return follow(({ w, g, i, step }) => {
    square[i] = rho * square[i] + (1 - rho) * g * g;
    velocity[i] = momentum * velocity[i] + g / (Math.sqrt(square[i]) + epsilon);
    return w - rateAt(step) * velocity[i];
  });
}

test("rmsProp: 50 steps are the reference's", async () => {
  const tolerance = TOLERANCE;
  const constant = () => 0.01;
  await expectPath(rmsProp({ learningRate: 0.01 }), { reference: reference(constant), tolerance });
  for (const options of [{ momentum: 0.5 }, { rho: 0.5, epsilon: 0.25, momentum: 0.5 }]) {
    await expectPath(rmsProp({ learningRate: 0.01, ...options }), {
      reference: reference(constant, options),
      tolerance,
    });
  }
  const falling = (step: number) => 0.02 * 0.9 ** step;
  await expectPath(rmsProp({ learningRate: falling }), {
    reference: reference(falling),
    tolerance,
  });
});

test("rmsProp: options out of range are errors", () => {
  expect(() => rmsProp({ learningRate: -1 })).toThrow("rmsProp: learningRate must be a finite");
  expect(() => rmsProp({ learningRate: 1, rho: 1 })).toThrow(
    "rmsProp: rho must be in [0, 1), got 1",
  );
  expect(() => rmsProp({ learningRate: 1, momentum: -1 })).toThrow(
    "rmsProp: momentum must be in [0, 1), got -1",
  );
  expect(() => rmsProp({ learningRate: 1, epsilon: 0 })).toThrow(
    "rmsProp: epsilon must be a finite number > 0, got 0",
  );
});
