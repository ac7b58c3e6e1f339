import { describe, expect, test } from "vitest";
import { adam } from "../../src/index.js";
import { CURVATURE, descend, START } from "./quadratic.js";

/**
 * A step is learningRate · m̂ / (sqrt(v̂) + epsilon), at most about learningRate: with a dozen roundings
 * of 2^-24 each, 50 steps of 0.1 are off by 50 · 0.1 · 12 · 2^-24 = 4e-6, and w's own subtractions by
 * 50 · 4 · 2^-24 = 1.2e-5.
 */
const TOLERANCE = 2e-5;

interface Reference {
  readonly rateAt: (step: number) => number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Algorithm 1 of the paper, line by line, in float64. */
function reference({ rateAt, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: Reference): number[][] {
  const w = [...START];
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  return Array.from({ length: 50 }, (_, step) => {
    w.forEach((value, i) => {
      const g = CURVATURE[i] * value;
      m[i] = beta1 * m[i] + (1 - beta1) * g;
      v[i] = beta2 * v[i] + (1 - beta2) * g * g;
      const corrected = m[i] / (1 - beta1 ** (step + 1));
      const root = Math.sqrt(v[i] / (1 - beta2 ** (step + 1)));
      w[i] = value - (rateAt(step) * corrected) / (root + epsilon);
    });
    return [...w];
  });
}

function expectClose(actual: number[][], expected: number[][]): void {
  const errors = expected.flatMap((row, step) =>
    row.map((value, i) => Math.abs(value - actual[step][i])),
  );
  expect(errors).toHaveLength(150);
  expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
}

describe("adam", () => {
  test("50 steps are the reference's", async () => {
    expectClose(await descend(adam({ learningRate: 0.1 }), 50), reference({ rateAt: () => 0.1 }));
  });

  test("50 steps with other decays, an epsilon that counts, and a learning rate by the step", async () => {
    const options = { beta1: 0.5, beta2: 0.9, epsilon: 0.5 };
    const rateAt = (step: number) => 0.1 * 0.95 ** step;
    const path = await descend(adam({ learningRate: rateAt, ...options }), 50);
    expectClose(path, reference({ rateAt, ...options }));
  });

  test.each([-0.1, Number.NaN])("learning rate %d is an error", (learningRate) => {
    expect(() => adam({ learningRate })).toThrow(
      new RangeError(`adam: learningRate must be a finite number >= 0, got ${learningRate}`),
    );
  });

  test.each(["beta1", "beta2"])("%s outside [0, 1) is an error", (name) => {
    for (const value of [-0.1, 1, Number.NaN]) {
      expect(() => adam({ learningRate: 1, [name]: value })).toThrow(
        new RangeError(`adam: ${name} must be in [0, 1), got ${value}`),
      );
    }
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("epsilon %d is an error", (epsilon) => {
    expect(() => adam({ learningRate: 1, epsilon })).toThrow(
      new RangeError(`adam: epsilon must be a finite number > 0, got ${epsilon}`),
    );
  });
});
