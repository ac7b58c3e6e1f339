import { type Command, InvalidArgumentError, Option } from "commander";
import type { Activation } from "../experiment/network.js";
import { type Noise, variantNames, variantOf } from "../experiment/noise.js";
import { drawnRecipe, mnistRecipe, type Recipe, type Schedule } from "../experiment/recipe.js";

/** Which images are trained on. */
export interface DataOptions {
  readonly data?: string;
  readonly download?: true;
}

/** A network with noise, and how it is trained. */
export interface TrainingOptions extends DataOptions, Noise {
  readonly epochs?: readonly number[];
  readonly batch?: number;
  readonly learningRate?: number;
  readonly schedule: Schedule;
  readonly seed: number;
}

export const addTrainingOptions = (command: Command): Command =>
  command
    .option("--data <folder>", "train on the four gzipped MNIST files in this folder")
    .addOption(
      new Option("--download", "download MNIST into the cache folder, and train on it").conflicts(
        "data",
      ),
    )
    .addOption(
      new Option(
        "--variant <name>",
        "what the noise is; alpha goes with SELU, the others with ReLU",
      )
        .choices(variantNames)
        .default("dropout"),
    )
    .option("--rate <p>", "drop probability in [0, 1] at each hidden layer", rateOf, 0.5)
    .option("--input-rate <p>", "drop probability in [0, 1] of pixels", rateOf, 0)
    .option(
      "--epochs <list>",
      "epochs to train (default: 40, on MNIST 10); several (10,20) are each reported",
      epochList,
    )
    .option("--batch <size>", "images of a step (default: 64, on MNIST 128)", countOf)
    .option("--learning-rate <number>", "of Adam (default: 0.001)", positiveOf)
    .addOption(
      new Option("--schedule <name>", "how the learning rate goes over the epochs")
        .choices(["constant", "cosine"])
        .default("constant"),
    )
    .option("--seed <integer>", "of weights, noise and the order of images", wordOf, 0);

export const isDrawn = ({ data, download }: DataOptions): boolean =>
  data === undefined && !download;

/** What is trained, and how. */
export interface Training {
  readonly noise: Noise;
  readonly activation: Activation;
  readonly recipe: Recipe;
}

export function trainingOf(options: TrainingOptions): Training {
  const { variant, rate, inputRate, schedule, seed } = options;
  const defaults = isDrawn(options) ? drawnRecipe : mnistRecipe;
  const { epochs = defaults.epochs, batch = defaults.batch } = options;
  const { learningRate = defaults.learningRate } = options;
  return {
    noise: { variant, rate, inputRate },
    activation: variantOf(variant).activation,
    recipe: { epochs, batch, learningRate, schedule, seed },
  };
}

/** `784-256-256-10 relu, Adam 0.001, batch 64, seed 0`. */
export function trainingLine(
  network: string,
  { recipe: { learningRate, schedule, batch, seed } }: Training,
): string {
  const falling = schedule === "cosine" ? " falling along a cosine" : "";
  return `${network}, Adam ${learningRate}${falling}, batch ${batch}, seed ${seed}`;
}

export const networkOf = ({ activation }: Training): string => `784-256-256-10 ${activation}`;

function integerOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

export function countOf(text: string): number {
  const count = integerOf(text);
  if (count >= 1) return count;
  throw new InvalidArgumentError("It must be an integer >= 1.");
}

function wordOf(text: string): number {
  const word = integerOf(text);
  if (word < 2 ** 32) return word;
  throw new InvalidArgumentError("It must be an integer in [0, 2^32).");
}

function rateOf(text: string): number {
  const rate = text.trim() === "" ? Number.NaN : Number(text);
  if (rate >= 0 && rate <= 1) return rate;
  throw new InvalidArgumentError("It must be a number in [0, 1].");
}

function positiveOf(text: string): number {
  const number = Number(text);
  if (number > 0 && number < Number.POSITIVE_INFINITY) return number;
  throw new InvalidArgumentError("It must be a number > 0.");
}

const epochList = (text: string): number[] => text.split(",").map(countOf);

export const nameList = (text: string): string[] => text.split(",");
