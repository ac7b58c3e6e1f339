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

/** What a training has come to after an epoch; with the learner's own state enough to go on. */
export interface TrainState {
  readonly epoch: number;
  readonly seconds: number;
  /** Of the recipe's epochs so far. */
  readonly results: readonly EpochResult[];
}

export interface TrainOptions {
  readonly digits: Digits;
  readonly recipe: Recipe;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
  readonly onStep?: (progress: TrainProgress) => void;
  /** Awaited after each epoch. */
  readonly onEpoch?: (state: TrainState) => Promise<void>;
  /** Where it goes on, with a learner of that state. Default: at the beginning. */
  readonly from?: TrainState | undefined;
  /** Awaited after each batch, so that the host can handle its events: frameworks compute without a break. */
  readonly pause: () => Promise<void>;
}

const BEGINNING: TrainState = { epoch: 0, seconds: 0, results: [] };

/** Trains a learner by a recipe; returns the results at its epochs. */
export async function train(learner: Learner, options: TrainOptions): Promise<EpochResult[]> {
  const { digits, recipe, now, onEpoch, from = BEGINNING } = options;
  const start = now();
  const secondsSoFar = (): number => from.seconds + (now() - start) / 1000;
  const results = [...from.results];
  for (let epoch = from.epoch + 1; epoch <= Math.max(...recipe.epochs); epoch++) {
    const noisy = await trainEpoch(learner, { ...options, epoch, from, start });
    if (recipe.epochs.includes(epoch)) {
      const clean = await scoreOn(learner, { ...options, set: digits.train });
      const unseen = await scoreOn(learner, { ...options, set: digits.validation });
      results.push({
        epoch,
        noisyTrainLoss: noisy.loss,
        noisyTrainAccuracy: noisy.accuracy,
        trainAccuracy: clean.accuracy,
        validationLoss: unseen.loss,
        validationAccuracy: unseen.accuracy,
        seconds: secondsSoFar(),
      });
    }
    await onEpoch?.({ epoch, seconds: secondsSoFar(), results: [...results] });
  }
  return results;
}

interface EpochOptions extends TrainOptions {
  readonly epoch: number;
  readonly from: TrainState;
  /** When the training began, or went on. */
  readonly start: number;
}

/** Steps over all batches of an epoch; the running means over them. */
async function trainEpoch(
  learner: Learner,
  { digits, recipe, epoch, from, start, now, onStep, pause }: EpochOptions,
): Promise<Mean> {
  const epochs = Math.max(...recipe.epochs);
  const stepsOf = (count: number): number => count * Math.ceil(digits.train.count / recipe.batch);
  const [first, steps] = [stepsOf(from.epoch), stepsOf(epochs)];
  let step = stepsOf(epoch - 1);
  const mean = new RunningMean();
  const batches = { set: digits.train, normalisation: digits, size: recipe.batch };
  for (const batch of shuffledBatches(batches, { seed: recipe.seed, epoch })) {
    const learningRate = learningRateAt(recipe, { step, steps });
    mean.add(await learner.step(batch, { learningRate }), batch.size);
    step += 1;
    const secondsLeft = ((now() - start) / 1000 / (step - first)) * (steps - step);
    onStep?.({ epoch, epochs, step, steps, ...mean.value, secondsLeft });
    await pause();
  }
  return mean.value;
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
