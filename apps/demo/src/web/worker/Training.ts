import { type DigitSet, type Digits, PIXELS } from "../../data/digits.js";
import { orderedBatches, shuffledBatches } from "../../experiment/batches.js";
import type { Batch } from "../../experiment/Learner.js";
import { drawnRecipe } from "../../experiment/recipe.js";
import type { Answer, Pair, Point, SavedFile, Scores } from "../messages.js";
import type { PageLearner } from "./PageLearner.js";

/** Examples of each set that a curve's point is measured on. */
const MEASURED = 512;
/** Examples of a batch in evaluation: tfjs's wasm backend slows down with larger ones. */
const EVALUATION_BATCH = 128;
/** Passes with dropout on that an answer has. */
const PASSES = 30;

export interface TrainingOptions {
  readonly digits: Digits;
  readonly learners: Pair<PageLearner>;
  /** Of the order of examples. */
  readonly seed: number;
  /** Steps that the learners took before. Default: 0. */
  readonly steps?: number;
}

/** A network with dropout and another beside it: equal start values, equal batches. */
export class Training {
  readonly #digits: Digits;
  readonly #learners: Pair<PageLearner>;
  readonly #batches: Generator<Batch, never>;
  #steps: number;

  constructor({ digits, learners, seed, steps = 0 }: TrainingOptions) {
    this.#digits = digits;
    this.#learners = learners;
    this.#steps = steps;
    this.#batches = endlessBatches(digits, { seed, steps });
  }

  get steps(): number {
    return this.#steps;
  }

  /** Moves both networks by the same batch; returns their losses. */
  async step(): Promise<Pair<number>> {
    const { value: batch } = this.#batches.next();
    const second = await this.#learners.second.step(batch, drawnRecipe);
    const first = await this.#learners.first.step(batch, drawnRecipe);
    this.#steps += 1;
    return { first: first.loss, second: second.loss };
  }

  /** Scores of both, with dropout off. */
  async measure(): Promise<Point> {
    const { first, second } = this.#learners;
    return {
      step: this.#steps,
      first: await this.#scoresOf(first),
      second: await this.#scoresOf(second),
    };
  }

  /** What the network with dropout says of an image of pixels in [0, 1], `[784]`. */
  async ask(image: Float32Array): Promise<Answer> {
    const { mean, deviation } = this.#digits;
    const input = image.map((pixel) => (pixel - mean) / deviation);
    const clean = softmax(await this.#learners.first.predict(input));
    const passes: number[][] = [];
    for (let pass = 0; pass < PASSES; pass++) {
      passes.push(softmax(await this.#learners.first.predict(input, pass)));
    }
    return { clean, passes };
  }

  /** The rates that the network with dropout has learned so far, by sites. */
  learnedRates(): Promise<ReadonlyMap<string, number>> {
    return this.#learners.first.learnedRates();
  }

  /** The network with dropout, as files. */
  files(): Promise<readonly SavedFile[]> {
    return this.#learners.first.files();
  }

  /** All that both networks need to go on. */
  async checkpoint(): Promise<Pair<Uint8Array>> {
    const { first, second } = this.#learners;
    return { first: await first.checkpoint(), second: await second.checkpoint() };
  }

  async dispose(): Promise<void> {
    await this.#learners.second.dispose();
    await this.#learners.first.dispose();
  }

  async #scoresOf(learner: PageLearner): Promise<Scores> {
    const { train, validation } = this.#digits;
    const [trained, validated] = [
      await this.#scoreOn(learner, train),
      await this.#scoreOn(learner, validation),
    ];
    return {
      trainLoss: trained.loss,
      trainAccuracy: trained.accuracy,
      validationLoss: validated.loss,
      validationAccuracy: validated.accuracy,
    };
  }

  async #scoreOn(learner: PageLearner, all: DigitSet) {
    const count = Math.min(MEASURED, all.count);
    const images = all.images.subarray(0, count * PIXELS);
    const set = { images, labels: all.labels.subarray(0, count), count };
    const options = { set, normalisation: this.#digits, size: EVALUATION_BATCH };
    let [loss, correct] = [0, 0];
    for (const batch of orderedBatches(options)) {
      const score = await learner.evaluate(batch);
      loss += score.loss * batch.size;
      correct += score.correct;
    }
    return { loss: loss / count, accuracy: correct / count };
  }
}

/** The batches of all epochs, from a step on. */
function* endlessBatches(
  digits: Digits,
  { seed, steps }: { readonly seed: number; readonly steps: number },
): Generator<Batch, never> {
  const options = { set: digits.train, normalisation: digits, size: drawnRecipe.batch };
  const perEpoch = Math.ceil(digits.train.count / options.size);
  let taken = steps % perEpoch;
  for (let epoch = 1 + Math.floor(steps / perEpoch); ; epoch++) {
    for (const batch of shuffledBatches(options, { seed, epoch })) {
      if (taken === 0) yield batch;
      else taken -= 1;
    }
  }
}

function softmax(logits: Float32Array): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
