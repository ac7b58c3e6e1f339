import type { Digits } from "../data/digits.js";
import { shuffledBatches } from "./batches.js";
import { frameworks } from "./frameworks.js";
import type { Learner } from "./Learner.js";
import type { Arm } from "./networks/Noise.js";
import type { Recipe } from "./recipe.js";

/** Steps over which the frameworks are compared. */
export const PARITY_STEPS = 100;

/**
 * Learning rate of the comparison, unless another is asked for. Frameworks sum in different orders, so
 * pre-activations differ by a rounding; sooner or later one is on the other side of a ReLU's kink, its
 * gradient comes or goes, and from then on the difference grows with the size of the steps: at 1e-3 to
 * a percent of the loss within 100 steps. With small steps what is left is what the frameworks do.
 */
export const PARITY_LEARNING_RATE = 5e-5;

export interface ParityOptions {
  readonly digits: Digits;
  readonly arm: Arm;
  readonly recipe: Pick<Recipe, "batch" | "learningRate" | "maxNorm" | "seed">;
  /** Awaited after each step, so that the host can handle its events. */
  readonly pause: () => Promise<void>;
}

/** The largest relative difference between the frameworks' losses over the first steps of a training with dropout. */
export async function measureParity({
  digits,
  arm,
  recipe,
  pause,
}: ParityOptions): Promise<number> {
  const { maxNorm, seed } = recipe;
  const examples = digits.train.count;
  const losses: number[][] = [];
  for (const framework of Object.values(frameworks)) {
    const learner = await framework.learner({ ...arm, maxNorm, seed, examples, saved: undefined });
    losses.push(await firstLosses(learner, { digits, recipe, pause }));
    await learner.dispose();
  }
  const [first, ...others] = losses;
  return Math.max(...others.map((other) => lossDifference(other, first)));
}

async function firstLosses(
  learner: Learner,
  { digits, recipe, pause }: Pick<ParityOptions, "digits" | "recipe" | "pause">,
): Promise<number[]> {
  const { batch: size, seed, learningRate } = recipe;
  const losses: number[] = [];
  for (let epoch = 1; losses.length < PARITY_STEPS; epoch++) {
    const batches = { set: digits.train, normalisation: digits, size };
    for (const batch of shuffledBatches(batches, { seed, epoch })) {
      if (losses.length === PARITY_STEPS) break;
      losses.push((await learner.step(batch, { learningRate })).loss);
      await pause();
    }
  }
  return losses;
}

/** The largest relative difference between two lists of losses of one length. */
export function lossDifference(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((loss, step) => Math.abs(loss - b[step]) / Math.abs(b[step])));
}
