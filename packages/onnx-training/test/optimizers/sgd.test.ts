import { describe, expect, test } from "vitest";
import { type SgdOptions, sgd } from "../../src/index.js";
import { expectPath, follow, START } from "./quadratic.js";

/** Float32 steps follow the float64 ones: 50 steps of some four roundings of 2^-24 on values below 4. */
const TOLERANCE = 50 * 4 * 4 * 2 ** -24;

interface Reference {
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  readonly rateAt: (step: number) => number;
}

/** g = gradient + decay · w; v = momentum · v + g; w = w - rate · v, with Nesterov w - rate · (g + momentum · v). */
function reference({
  momentum = 0,
  nesterov = false,
  weightDecay = 0,
  rateAt,
}: Reference): number[][] {
  const velocity = START.map(() => 0);
  return follow(({ w, g: gradient, i, step }) => {
    const g = gradient + weightDecay * w;
    velocity[i] = momentum * velocity[i] + g;
    return w - rateAt(step) * (nesterov ? g + momentum * velocity[i] : velocity[i]);
  });
}

const rateAt = () => 0.05;
const expectSgd = (options: Omit<SgdOptions, "learningRate">) =>
  expectPath(sgd({ learningRate: 0.05, ...options }), {
    reference: reference({ rateAt, ...options }),
    tolerance: TOLERANCE,
  });

describe("sgd", () => {
  test("50 steps are the reference's: plain, with momentum, Nesterov, weight decay, and all of it", async () => {
    await expectSgd({});
    await expectSgd({ momentum: 0.9 });
    await expectSgd({ momentum: 0.9, nesterov: true });
    await expectSgd({ weightDecay: 0.1 });
    await expectSgd({ momentum: 0.5, nesterov: true, weightDecay: 0.1 });
  });

  test("a learning rate by the step, which counts from 0", () => {
    const learningRate = (step: number) => 0.2 / (1 + step);
    return expectPath(sgd({ learningRate, momentum: 0.5 }), {
      reference: reference({ rateAt: learningRate, momentum: 0.5 }),
      tolerance: TOLERANCE,
    });
  });

  test("Nesterov without momentum, and a negative weight decay, are errors", () => {
    expect(() => sgd({ learningRate: 1, nesterov: true })).toThrow(
      new RangeError("sgd: momentum must be > 0 with nesterov, got 0"),
    );
    expect(() => sgd({ learningRate: 1, weightDecay: -1 })).toThrow(
      new RangeError("sgd: weightDecay must be a finite number >= 0, got -1"),
    );
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
