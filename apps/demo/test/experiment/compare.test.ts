import { expect, test } from "vitest";
import { drawDigits } from "../../src/data/drawDigits.js";
import { compare } from "../../src/experiment/compare.js";
import type { Learner } from "../../src/experiment/Learner.js";
import { networkFor } from "../../src/experiment/networks/Network.js";

const digits = drawDigits({ train: 4, validation: 2 });

test("compare: each arm is trained with every seed from the recipe's on, the same in all frameworks", async () => {
  const made: (readonly [string, number])[] = [];
  const learner: Learner = {
    step: async () => ({ loss: 0, correct: 0 }),
    evaluate: async () => ({ loss: 0, correct: 0 }),
    checkpoint: async () => new Uint8Array(),
    dispose: async () => {},
  };
  const frameworks = ["a", "b"].map((name) => ({
    name,
    learner: async ({ seed }: { readonly seed: number }) => {
      made.push([name, seed]);
      return learner;
    },
  }));
  const arm = { network: networkFor("mlp", {}), noise: undefined };
  await compare({
    digits,
    frameworks,
    arms: [arm, arm],
    recipe: {
      epochs: [1],
      batch: 4,
      learningRate: 1,
      schedule: "constant",
      maxNorm: undefined,
      seed: 5,
    },
    seeds: 3,
    now: () => 0,
    pause: async () => {},
    onRun: () => () => {},
  });
  const seeds = [5, 6, 7, 5, 6, 7];
  expect(made).toEqual(["a", "b"].flatMap((name) => seeds.map((seed) => [name, seed])));
});
