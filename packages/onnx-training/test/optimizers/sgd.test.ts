import { describe, expect, test } from "vitest";
import { sgd } from "../../src/index.js";
import { CURVATURE, descend, START } from "./quadratic.js";

/** Float32 steps follow the float64 ones: 50 steps of some four roundings of 2^-24 on values below 4. */
const TOLERANCE = 50 * 4 * 4 * 2 ** -24;

interface Reference {
  readonly momentum: number;
  readonly rateAt: (step: number) => number;
}

/** v = momentum · v + g; w = w - rate · v, in float64. */
function reference({ momentum, rateAt }: Reference): number[][] {
  const w = [...START];
  const velocity = w.map(() => 0);
  return Array.from({ length: 50 }, (_, step) => {
    w.forEach((value, i) => {
      velocity[i] = momentum * velocity[i] + CURVATURE[i] * value;
      w[i] = value - rateAt(step) * velocity[i];
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

describe("sgd", () => {
  test("50 steps without momentum are the reference's", async () => {
    expectClose(
      await descend(sgd({ learningRate: 0.1 }), 50),
      reference({ momentum: 0, rateAt: () => 0.1 }),
    );
  });

  test("50 steps with momentum are the reference's", async () => {
    const path = await descend(sgd({ learningRate: 0.05, momentum: 0.9 }), 50);
    expectClose(path, reference({ momentum: 0.9, rateAt: () => 0.05 }));
  });

  test("a learning rate by the step, which counts from 0", async () => {
    const rateAt = (step: number) => 0.2 / (1 + step);
    const path = await descend(sgd({ learningRate: rateAt, momentum: 0.5 }), 50);
    expectClose(path, reference({ momentum: 0.5, rateAt }));
  });

  test.each([-0.1, Number.NaN, Number.POSITIVE_INFINITY])(
    "learning rate %d is an error",
    (learningRate) => {
      const error = new RangeError(
        `sgd: learningRate must be a finite number >= 0, got ${learningRate}`,
      );
      expect(() => sgd({ learningRate })).toThrow(error);
      expect(() => sgd({ learningRate: () => learningRate })).toThrow(error);
    },
  );

  test.each([-0.1, 1, Number.NaN])("momentum %d is an error", (momentum) => {
    expect(() => sgd({ learningRate: 1, momentum })).toThrow(
      new RangeError(`sgd: momentum must be in [0, 1), got ${momentum}`),
    );
  });
});
