import { describe, expect, test } from "vitest";
import { drawDigits } from "../../src/data/drawDigits.js";
import type { Learner } from "../../src/experiment/Learner.js";
import { countCorrect } from "../../src/experiment/Learner.js";
import { learningRateAt } from "../../src/experiment/recipe.js";
import { type TrainProgress, train } from "../../src/experiment/train.js";

const digits = drawDigits({ train: 10, validation: 5 });

/** Knows every label in evaluation, every second one in training; its loss counts its steps. */
function learnerOf(log: string[]): Learner {
  let steps = 0;
  return {
    step: async ({ size }) => {
      log.push(`step ${size}`);
      steps += 1;
      return { loss: steps, correct: size / 2 };
    },
    evaluate: async ({ size }) => ({ loss: 0, correct: size }),
    checkpoint: async () => new Uint8Array(),
    dispose: async () => {},
  };
}

describe("train", () => {
  test("epochs: all batches of each, results at those that the recipe lists", async () => {
    const log: string[] = [];
    let clock = 0;
    const seen: TrainProgress[] = [];
    const result = await train(learnerOf(log), {
      digits,
      recipe: {
        epochs: [1, 3],
        batch: 4,
        learningRate: 1,
        schedule: "constant",
        maxNorm: undefined,
        seed: 0,
      },
      now: () => (clock += 500),
      pause: async () => {},
      onStep: (progress) => seen.push(progress),
    });
    const epoch = ["step 4", "step 4", "step 2"];
    expect(log).toEqual([...epoch, ...epoch, ...epoch]);
    expect(result.map(({ epoch: at }) => at)).toEqual([1, 3]);
    expect(result[1]).toMatchObject({
      noisyTrainAccuracy: 0.5,
      trainAccuracy: 1,
      validationAccuracy: 1,
    });
    expect(seen.at(-1)).toMatchObject({ epoch: 3, epochs: 3, step: 9, steps: 9, secondsLeft: 0 });
    // The running mean weighs each batch of the epoch by its size: (7 * 4 + 8 * 4 + 9 * 2) / 10.
    expect(seen.at(-1)?.loss).toBeCloseTo(7.8, 12);
  });
});

test("countCorrect: counts rows whose largest logit is the label's", () => {
  const logits = [1, 3, 2, 9, 0, 0, 0, 0, 1];
  expect(countCorrect(logits, { labels: Uint8Array.of(1, 0, 0), size: 3 })).toBe(2);
});

test("learningRateAt: a cosine falls from the whole rate over its half to nearly nothing", () => {
  const recipe = { learningRate: 0.1, schedule: "cosine" } as const;
  const rates = [0, 50, 99].map((step) => learningRateAt(recipe, { step, steps: 100 }));
  expect(rates[0]).toBe(0.1);
  expect(rates[1]).toBeCloseTo(0.05, 12);
  expect(rates[2]).toBeLessThan(1e-4);
  expect(learningRateAt({ ...recipe, schedule: "constant" }, { step: 99, steps: 100 })).toBe(0.1);
});
