import { type DigitSet, type Digits, PIXELS } from "../../data/digits.js";
import { orderedBatches, shuffledBatches } from "../../experiment/batches.js";
import type { Batch } from "../../experiment/Learner.js";
import { networkFor } from "../../experiment/networks/Network.js";
import { networkOf, variantOf } from "../../experiment/networks/networks.js";
import { planLayers } from "../../experiment/networks/planLayers.js";
import { drawnRecipe } from "../../experiment/recipe.js";
import type { Answer, Point, Scores } from "../messages.js";
import type { Settings } from "../network/Settings.js";
import type { MakeLearner } from "./loadRuntime.js";
import type { PageLearner, SavedFile } from "./PageLearner.js";

/** Examples of each set that a curve's point is measured on. */
const MEASURED = 512;
/** Examples of a batch in evaluation: tfjs's wasm backend slows down with larger ones. */
const EVALUATION_BATCH = 128;
/** Passes with dropout on that an answer has. */
const PASSES = 30;

export interface TrainingOptions {
  readonly digits: Digits;
  readonly settings: Settings;
  readonly make: MakeLearner;
}

/** A network with dropout, and the same without beside it: equal start values, equal batches. */
export class Training {
  readonly #digits: Digits;
  readonly #plain: PageLearner;
  readonly #dropout: PageLearner;
  readonly #batches: Generator<Batch, never>;
  #steps = 0;

  private constructor(
    { digits, settings }: TrainingOptions,
    learners: { readonly plain: PageLearner; readonly dropout: PageLearner },
  ) {
    this.#digits = digits;
    this.#plain = learners.plain;
    this.#dropout = learners.dropout;
    this.#batches = endlessBatches(digits, settings.seed);
  }

  static async create(options: TrainingOptions): Promise<Training> {
    const { make, settings } = options;
    const { seed, rates } = settings;
    const { id: variant, activation } = variantOf(networkOf(settings.network), settings.variant);
    const network = networkFor(settings.network, { activation });
    const start = { seed, examples: options.digits.train.count };
    const noise = { variant, rates, inputRate: 0 };
    const plain = await make(planLayers({ network, noise: undefined }, start), seed);
    const dropout = await make(planLayers({ network, noise }, start), seed);
    return new Training(options, { plain, dropout });
  }

  get steps(): number {
    return this.#steps;
  }

  /** Moves both networks by the same batch; returns the loss of the one with dropout. */
  async step(): Promise<number> {
    const { value: batch } = this.#batches.next();
    await this.#plain.step(batch, drawnRecipe);
    const { loss } = await this.#dropout.step(batch, drawnRecipe);
    this.#steps += 1;
    return loss;
  }

  /** Scores of both, with dropout off. */
  async measure(): Promise<Point> {
    const plain = await this.#scoresOf(this.#plain);
    return { step: this.#steps, plain, dropout: await this.#scoresOf(this.#dropout) };
  }

  /** What the network with dropout says of an image of pixels in [0, 1], `[784]`. */
  async ask(image: Float32Array): Promise<Answer> {
    const { mean, deviation } = this.#digits;
    const input = image.map((pixel) => (pixel - mean) / deviation);
    const clean = softmax(await this.#dropout.predict(input));
    const passes: number[][] = [];
    for (let pass = 0; pass < PASSES; pass++) {
      passes.push(softmax(await this.#dropout.predict(input, pass)));
    }
    return { clean, passes };
  }

  /** The network with dropout, as a file. */
  save(): Promise<SavedFile> {
    return this.#dropout.save();
  }

  async dispose(): Promise<void> {
    await this.#plain.dispose();
    await this.#dropout.dispose();
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

function* endlessBatches(digits: Digits, seed: number): Generator<Batch, never> {
  for (let epoch = 1; ; epoch++) {
    const options = { set: digits.train, normalisation: digits, size: drawnRecipe.batch };
    yield* shuffledBatches(options, { seed, epoch });
  }
}

function softmax(logits: Float32Array): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
