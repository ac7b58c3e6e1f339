import { expect, test } from "vitest";
import { type LionOptions, lion } from "../../src/index.js";
import { expectPath, follow, START } from "./quadratic.js";

/** Steps are ±rate exactly, but for a rounding; 50 subtractions and products of values below 4. */
const TOLERANCE = 50 * 3 * 4 * 2 ** -24;

/** Algorithm 2 of the paper: c = β1 m + (1 - β1) g; w = w - rate (sign c + decay w); m = β2 m + (1 - β2) g. */
function reference(
  rateAt: (step: number) => number,
  { beta1 = 0.9, beta2 = 0.99, weightDecay = 0 }: Omit<LionOptions, "learningRate"> = {},
): number[][] {
  const m = START.map(() => 0);
  return follow(({ w, g, i, step }) => {
    const direction = Math.sign(beta1 * m[i] + (1 - beta1) * g);
    m[i] = beta2 * m[i] + (1 - beta2) * g;
    return w - rateAt(step) * (direction + weightDecay * w);
  });
}

test("lion: 50 steps are the reference's", async () => {
  const tolerance = TOLERANCE;
  // Not a divisor of the start: where w ended at 0, the sign of a rounding would decide.
  const constant = () => 0.0317;
  await expectPath(lion({ learningRate: 0.0317 }), { reference: reference(constant), tolerance });
  const falling = (step: number) => 0.0317 * 0.95 ** step;
  await expectPath(lion({ learningRate: falling, weightDecay: 0.5 }), {
    reference: reference(falling, { weightDecay: 0.5 }),
    tolerance,
  });
  for (const options of [{ weightDecay: 0.5 }, { beta1: 0.5, beta2: 0.75, weightDecay: 0.1 }]) {
    await expectPath(lion({ learningRate: constant, ...options }), {
      reference: reference(constant, options),
      tolerance,
    });
  }
});

test("lion: options out of range are errors", () => {
  expect(() => lion({ learningRate: -1 })).toThrow(
    "lion: learningRate must be a finite number >= 0",
  );
  expect(() => lion({ learningRate: 1, beta1: 1 })).toThrow("lion: beta1 must be in [0, 1), got 1");
  expect(() => lion({ learningRate: 1, beta2: -1 })).toThrow(
    "lion: beta2 must be in [0, 1), got -1",
  );
  expect(() => lion({ learningRate: 1, weightDecay: -1 })).toThrow(
    "lion: weightDecay must be a finite number >= 0, got -1",
  );
});
