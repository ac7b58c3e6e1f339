import { type Command, Option } from "commander";
import type { Arm } from "../experiment/compare.js";
import { ARTICLE_HIDDEN, type Network } from "../experiment/network.js";
import { type VariantName, variantNames, variantOf } from "../experiment/noise.js";
import { drawnRecipe, mnistRecipe, type Recipe, type Schedule } from "../experiment/recipe.js";
import { countList, countOf, oneOf, positiveOf, rateOf, ratesOf, wordOf } from "./optionValues.js";
import { UsageError } from "./UsageError.js";

/** Which images are trained on. */
export interface DataOptions {
  readonly data?: string;
  readonly download?: true;
  /** How many of the training images. */
  readonly images?: number;
}

/** A variant of noise, with rates of its own where they were given. */
export interface VariantChoice {
  readonly variant: VariantName;
  readonly rates?: readonly number[];
}

/** A network with noise, and how it is trained. */
export interface TrainingOptions extends DataOptions {
  readonly hidden: readonly number[];
  readonly variant: readonly VariantChoice[];
  readonly rate?: readonly number[];
  readonly inputRate: number;
  readonly maxNorm?: number;
  readonly epochs?: readonly number[];
  readonly batch?: number;
  readonly learningRate?: number;
  readonly schedule: Schedule;
  readonly seed: number;
}

export const addTrainingOptions = (command: Command): Command =>
  command
    .option("--data <folder>", "train on the four gzipped files of MNIST's kind in this folder")
    .addOption(
      new Option("--download", "download MNIST into the cache folder, and train on it").conflicts(
        "data",
      ),
    )
    .option("--images <count>", "train on the first so many images alone", countOf)
    .addOption(
      new Option("--hidden <units>", "units of the hidden layers")
        .argParser(countList)
        .default(ARTICLE_HIDDEN, "256,256"),
    )
    .addOption(
      new Option("--variant <name>", `what the noise is: ${variantNames.join(", ")}`)
        .argParser((text) => [variantChoiceOf(text)])
        .default([{ variant: "dropout" }], "dropout"),
    )
    .option(
      "--rate <p>",
      `drop probability in [0, 1] at the hidden layers, or one for each (0.2/0.5); default: ${defaultRates()}`,
      ratesOf,
    )
    .option("--input-rate <p>", "drop probability in [0, 1] of pixels", rateOf, 0)
    .option("--max-norm <length>", "the most that the weights into a unit may be long", positiveOf)
    .option(
      "--epochs <list>",
      "epochs to train (default: 40, on MNIST 10); several (10,20) are each reported",
      countList,
    )
    .option("--batch <size>", "images of a step (default: 64, on MNIST 128)", countOf)
    .option("--learning-rate <number>", "of Adam (default: 0.001)", positiveOf)
    .addOption(
      new Option("--schedule <name>", "how the learning rate goes over the epochs")
        .choices(["constant", "cosine"])
        .default("constant"),
    )
    .option("--seed <integer>", "of weights, noise and the order of images", wordOf, 0);

/** `alpha`, or with rates of its own: `alpha:0.1`. */
export function variantChoiceOf(text: string): VariantChoice {
  const [name, rates] = text.split(/:(.*)/s);
  const variant = oneOf(name, variantNames);
  return rates === undefined ? { variant } : { variant, rates: ratesOf(rates) };
}

export const isDrawn = ({ data, download }: DataOptions): boolean =>
  data === undefined && !download;

/** What is trained, and how. */
export interface Training {
  /** The arms with noise, in the order of the variants. */
  readonly arms: readonly Arm[];
  readonly recipe: Recipe;
}

export function trainingOf(options: TrainingOptions): Training {
  const { schedule, seed, maxNorm } = options;
  const defaults = isDrawn(options) ? drawnRecipe : mnistRecipe;
  const { epochs = defaults.epochs, batch = defaults.batch } = options;
  const { learningRate = defaults.learningRate } = options;
  return {
    arms: options.variant.map((choice) => armOf(choice, options)),
    recipe: { epochs, batch, learningRate, schedule, maxNorm, seed },
  };
}

function armOf(
  { variant, rates: own }: VariantChoice,
  { hidden, inputRate, rate }: TrainingOptions,
): Arm {
  const { activation, rate: usual } = variantOf(variant);
  const given = own ?? rate ?? [usual];
  if (given.length !== 1 && given.length !== hidden.length) {
    throw new UsageError(
      `rates must be one, or one for each of ${hidden.length} hidden layers, got ${given.join("/")}`,
    );
  }
  const rates = given.length === 1 ? hidden.map(() => given[0]) : given;
  return { network: { hidden, activation }, noise: { variant, rates, inputRate } };
}

/** `dropout 0.5, alpha 0.1`. */
function defaultRates(): string {
  return variantNames.map((name) => `${name} ${variantOf(name).rate}`).join(", ");
}

/** `784-256-256-10 relu, Adam 0.001, batch 64, seed 0`. */
export function trainingLine(
  network: string,
  { learningRate, schedule, batch, seed, maxNorm }: Recipe,
): string {
  const falling = schedule === "cosine" ? " falling along a cosine" : "";
  const held = maxNorm === undefined ? "" : `max-norm ${maxNorm}, `;
  return `${network}, ${held}Adam ${learningRate}${falling}, batch ${batch}, seed ${seed}`;
}

/** `784-256-256-10 relu`. */
export const networkName = ({ hidden, activation }: Network): string =>
  `784-${hidden.join("-")}-10 ${activation}`;
