import { Command, InvalidArgumentError, Option } from "commander";
import { PARITY_LEARNING_RATE } from "./experiment/parity.js";

/** What the command line says. */
export interface DemoOptions {
  readonly data?: string;
  readonly download?: true;
  readonly rate: number;
  readonly model?: string;
  readonly after?: readonly string[];
  readonly epochs?: readonly number[];
  readonly parityLearningRate: number;
  readonly seed: number;
  readonly seeds: number;
}

/** The command and its help. */
export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Trains the network 784-256-256-10 without dropout and with it, through @dropoutkit/tfjs and through @dropoutkit/onnx with @dropoutkit/onnx-training, and compares the four.",
    )
    .option("--data <folder>", "train on the four gzipped MNIST files in this folder")
    .addOption(
      new Option("--download", "download MNIST into the cache folder, and train on it").conflicts(
        "data",
      ),
    )
    .option("--rate <p>", "drop probability in [0, 1] after each hidden layer", Number, 0.5)
    .option("--model <file>", "train this .onnx model of digits instead, in onnxruntime-web alone")
    .option(
      "--after <names>",
      "with --model: tensors that dropout follows (default: each Relu)",
      nameList,
    )
    .option(
      "--epochs <list>",
      "epochs to train (default: 40, on MNIST 10); several (10,20) are each reported",
      epochList,
    )
    .option(
      "--parity-learning-rate <number>",
      "of the steps over which the frameworks are compared",
      positiveOf,
      PARITY_LEARNING_RATE,
    )
    .option("--seed <integer>", "of weights, masks and the order of examples", wordOf, 0)
    .option("--seeds <count>", "average over this many seeds, counted up from --seed", countOf, 1)
    .addHelpText(
      "after",
      "\nWithout --data or --download it trains on digits that the project draws itself.\n\nExamples:\n  $ pnpm demo\n  $ pnpm demo --data ./mnist --epochs 10,20 --seeds 3\n  $ pnpm demo --model digits.onnx --after hidden1,hidden2 --rate 0.3",
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

function positiveOf(text: string): number {
  const number = Number(text);
  if (number > 0 && number < Number.POSITIVE_INFINITY) return number;
  throw new InvalidArgumentError("It must be a number > 0.");
}

const epochList = (text: string): number[] => text.split(",").map(countOf);

const nameList = (text: string): string[] => text.split(",");
