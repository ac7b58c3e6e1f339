import { describe, expect, test } from "vitest";
import { adam, adamW } from "../../src/index.js";
import { expectPath, follow, START } from "./quadratic.js";

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
  readonly weightDecay?: number;
}

/** Algorithm 1 of Adam's paper, line by line, and algorithm 2 of AdamW's, which is the same without decay. */
function reference({
  rateAt,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0,
}: Reference): number[][] {
  const m = START.map(() => 0);
  const v = START.map(() => 0);
  return follow(({ w, g, i, step }) => {
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    const corrected = m[i] / (1 - beta1 ** (step + 1));
    const root = Math.sqrt(v[i] / (1 - beta2 ** (step + 1)));
    return w - rateAt(step) * (corrected / (root + epsilon) + weightDecay * w);
  });
}

const options = { beta1: 0.5, beta2: 0.9, epsilon: 0.5 };
const rateAt = (step: number) => 0.1 * 0.95 ** step;

describe("adam and adamW", () => {
  test("50 steps are the reference's", async () => {
    const expected = { reference: reference({ rateAt: () => 0.1 }), tolerance: TOLERANCE };
    await expectPath(adam({ learningRate: 0.1 }), expected);
    await expectPath(adamW({ learningRate: 0.1, weightDecay: 0 }), expected);
  });

  test("50 steps with other decays, an epsilon that counts, and a learning rate by the step", () =>
    expectPath(adam({ learningRate: rateAt, ...options }), {
      reference: reference({ rateAt, ...options }),
      tolerance: TOLERANCE,
    }));

  test("weight decay is beside the gradient, and follows the learning rate", async () => {
    await expectPath(adamW({ learningRate: 0.1 }), {
      reference: reference({ rateAt: () => 0.1, weightDecay: 0.01 }),
      tolerance: TOLERANCE,
    });
    await expectPath(adamW({ learningRate: rateAt, weightDecay: 0.3, ...options }), {
      reference: reference({ rateAt, weightDecay: 0.3, ...options }),
      tolerance: TOLERANCE,
    });
    expect(() => adamW({ learningRate: 1, weightDecay: -1 })).toThrow(
      new RangeError("adamW: weightDecay must be a finite number >= 0, got -1"),
    );
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
