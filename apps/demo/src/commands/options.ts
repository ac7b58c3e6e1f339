import { type Command, Option } from "commander";
import { datasetNames } from "../data/datasets.js";
import type { Arm } from "../experiment/networks/Noise.js";
import { networks } from "../experiment/networks/networks.js";
import { drawnRecipe, mnistRecipe, type Recipe } from "../experiment/recipe.js";
import { armsOf } from "./armsOf.js";
import { countList, countOf, oneOf, positiveOf, rateOf, ratesOf, wordOf } from "./optionValues.js";
import type { ChosenVariant, DataOptions, TrainingOptions } from "./TrainingOptions.js";

export const addTrainingOptions = (command: Command): Command =>
  command
    .option("--data <folder>", "train on the four gzipped files of MNIST's kind in this folder")
    .addOption(
      new Option(
        "--download [dataset]",
        "download a data set into the cache folder, and train on it",
      )
        .choices(datasetNames)
        .preset("mnist")
        .conflicts("data"),
    )
    .option("--images <count>", "train on the first so many images alone", countOf)
    .addOption(
      new Option("--network <name>", `what is trained: ${aboutNetworks()}`)
        .choices(networks.map(({ id }) => id))
        .default("mlp"),
    )
    .option("--hidden <units>", "units of the mlp's hidden layers (default: 256,256)", countList)
    .addOption(
      new Option("--variant <name>", "what the noise is, of the network's (default: its first)")
        .choices(variantIds)
        .argParser((text) => [chosenVariantOf(text)]),
    )
    .option(
      "--rate <p>",
      "drop probability in [0, 1] at all places of the variant, or one for each, 0.2/0.5 (default: its own)",
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

/** `alpha-dropout`, or with rates of its own: `alpha-dropout:0.1`. */
export function chosenVariantOf(text: string): ChosenVariant {
  const [name, rates] = text.split(/:(.*)/s);
  const variant = oneOf(name, variantIds);
  return rates === undefined ? { variant } : { variant, rates: ratesOf(rates) };
}

const variantIds = [...new Set(networks.flatMap(({ variants }) => variants.map(({ id }) => id)))];

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
    arms: armsOf(options),
    recipe: { epochs, batch, learningRate, schedule, maxNorm, seed },
  };
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

/** `mlp (784-256-256-10, …: dropout, gaussian-dropout), cnn (…)`. */
const aboutNetworks = (): string =>
  networks
    .map(
      ({ id, about, variants }) => `${id} (${about}; ${variants.map((one) => one.id).join(", ")})`,
    )
    .join(", ");
