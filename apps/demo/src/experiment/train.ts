import type { DigitSet, Digits } from "../data/digits.js";
import { orderedBatches, shuffledBatches } from "./batches.js";
import type { Learner, Score } from "./Learner.js";
import { learningRateAt, type Recipe } from "./recipe.js";

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
  /** Running means over the epoch so far, with noise on. */
  readonly loss: number;
  readonly accuracy: number;
  /** Estimated from the mean step so far. */
  readonly secondsLeft: number;
}

/** What a training came to at the end of an epoch; accuracies in [0, 1]. */
export interface EpochResult {
  readonly epoch: number;
  /** Running means over the epoch, with noise on: the article's train accuracy. */
  readonly noisyTrainLoss: number;
  readonly noisyTrainAccuracy: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
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
      const learningRate = learningRateAt(recipe, { step, steps });
      const score = await learner.step(batch, { learningRate });
      step += 1;
      mean.add(score, batch.size);
      const secondsLeft = ((now() - start) / 1000 / step) * (steps - step);
      onStep?.({ epoch, epochs: last, step, steps, ...mean.value, secondsLeft });
      await pause();
    }
    if (recipe.epochs.includes(epoch)) {
      const clean = await scoreOn(learner, { set, digits, pause });
      const unseen = await scoreOn(learner, { set: validation, digits, pause });
      results.push({
        epoch,
        noisyTrainLoss: mean.value.loss,
        noisyTrainAccuracy: mean.value.accuracy,
        trainAccuracy: clean.accuracy,
        validationLoss: unseen.loss,
        validationAccuracy: unseen.accuracy,
        seconds: (now() - start) / 1000,
      });
    }
  }
  return results;
}

/** Loss over a set's examples, and the share of them that is classified right, with noise off. */
async function scoreOn(
  learner: Learner,
  { set, digits, pause }: Pick<TrainOptions, "digits" | "pause"> & { readonly set: DigitSet },
): Promise<Mean> {
  const mean = new RunningMean();
  for (const batch of orderedBatches({ set, normalisation: digits, size: EVALUATION_BATCH })) {
    mean.add(await learner.evaluate(batch), batch.size);
    await pause();
  }
  return mean.value;
}

interface Mean {
  readonly loss: number;
  readonly accuracy: number;
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

  get value(): Mean {
    return { loss: this.#loss / this.#examples, accuracy: this.#correct / this.#examples };
  }
}
