import { Command, InvalidArgumentError } from "commander";

/** What the command line says. */
export interface DemoOptions {
  readonly data?: string;
  readonly download?: true;
  readonly epochs?: readonly number[];
  readonly seed: number;
  readonly seeds: number;
}

/** The command and its help. */
export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Trains the network 784-256-256-10 without dropout and with rate 0.5, through @dropoutkit/tfjs\nand through @dropoutkit/onnx with @dropoutkit/onnx-training, and compares the four.",
    )
    .option("--data <folder>", "train on the four gzipped MNIST files in this folder")
    .option("--download", "download MNIST into the cache folder, and train on it")
    .option("--epochs <list>", "epochs to train; several (10,20) are each reported", epochList)
    .option("--seed <integer>", "of weights, masks and the order of examples", wordOf, 0)
    .option("--seeds <count>", "average over this many seeds, counted up from --seed", countOf, 1)
    .addHelpText(
      "after",
      "\nWithout --data or --download it trains on digits that the project draws itself.\n\nExamples:\n  $ pnpm demo\n  $ pnpm demo --data ./mnist --epochs 10,20 --seeds 3",
    );
}

function integerOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function countOf(text: string): number {
  const count = integerOf(text);
  if (count >= 1) return count;
  throw new InvalidArgumentError("It must be an integer >= 1.");
}

function wordOf(text: string): number {
  const word = integerOf(text);
  if (word < 2 ** 32) return word;
  throw new InvalidArgumentError("It must be an integer in [0, 2^32).");
}

const epochList = (text: string): number[] => text.split(",").map(countOf);
