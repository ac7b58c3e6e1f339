import type { DigitSet, Digits } from "../data/digits.js";
import { orderedBatches, shuffledBatches } from "./batches.js";
import type { Learner, Score } from "./Learner.js";
import type { Recipe } from "./recipe.js";

/** Examples of a batch in evaluation: tfjs's wasm backend slows down with larger ones. */
const EVALUATION_BATCH = 128;

/** The state of a training after a step. */
export interface TrainProgress {
  /** The epoch under way, from 1, and epochs in all. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps taken, and steps in all. */
  readonly step: number;
  readonly steps: number;
  /** Running means over the epoch so far, with dropout on. */
  readonly loss: number;
  readonly accuracy: number;
  /** Estimated from the mean step so far. */
  readonly secondsLeft: number;
}

/** What a training came to at the end of an epoch; accuracies in [0, 1]. */
export interface EpochResult {
  readonly epoch: number;
  /** Running mean over the epoch, with dropout on: the article's train accuracy. */
  readonly noisyTrainAccuracy: number;
  readonly trainAccuracy: number;
  readonly validationAccuracy: number;
  /** Seconds of training and evaluation up to here. */
  readonly seconds: number;
}

export interface TrainOptions {
  readonly digits: Digits;
  readonly recipe: Recipe;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
  readonly onStep?: (progress: TrainProgress) => void;
  /** Awaited after each batch, so that the host can handle its events: frameworks compute without a break. */
  readonly pause: () => Promise<void>;
}

/** Trains a learner by a recipe; returns the results at its epochs. */
export async function train(
  learner: Learner,
  { digits, recipe, now, onStep, pause }: TrainOptions,
): Promise<EpochResult[]> {
  const start = now();
  const { train: set, validation } = digits;
  const last = Math.max(...recipe.epochs);
  const steps = last * Math.ceil(set.count / recipe.batch);
  let step = 0;
  const results: EpochResult[] = [];
  for (let epoch = 1; epoch <= last; epoch++) {
    const mean = new RunningMean();
    const options = { set, normalisation: digits, size: recipe.batch };
    for (const batch of shuffledBatches(options, { seed: recipe.seed, epoch })) {
      const score = await learner.step(batch);
      step += 1;
      mean.add(score, batch.size);
      const secondsLeft = ((now() - start) / 1000 / step) * (steps - step);
      onStep?.({ epoch, epochs: last, step, steps, ...mean.value, secondsLeft });
      await pause();
    }
    if (recipe.epochs.includes(epoch)) {
      results.push({
        epoch,
        noisyTrainAccuracy: mean.value.accuracy,
        trainAccuracy: await accuracyOn(learner, { set, digits, pause }),
        validationAccuracy: await accuracyOn(learner, { set: validation, digits, pause }),
        seconds: (now() - start) / 1000,
      });
    }
  }
  return results;
}

/** Share of a set's examples that are classified right with dropout off. */
async function accuracyOn(
  learner: Learner,
  { set, digits, pause }: Pick<TrainOptions, "digits" | "pause"> & { readonly set: DigitSet },
): Promise<number> {
  const mean = new RunningMean();
  for (const batch of orderedBatches({ set, normalisation: digits, size: EVALUATION_BATCH })) {
    mean.add(await learner.evaluate(batch), batch.size);
    await pause();
  }
  return mean.value.accuracy;
}

/** Loss and accuracy over the examples seen so far. */
class RunningMean {
  #examples = 0;
  #loss = 0;
  #correct = 0;

  add({ loss, correct }: Score, size: number): void {
    this.#examples += size;
    this.#loss += loss * size;
    this.#correct += correct;
  }

  get value(): { readonly loss: number; readonly accuracy: number } {
    return { loss: this.#loss / this.#examples, accuracy: this.#correct / this.#examples };
  }
}
