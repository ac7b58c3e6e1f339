import { access, constants, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Command, Option } from "commander";
import { compare, type Run } from "../experiment/compare.js";
import { frameworks } from "../experiment/frameworks.js";
import { noiseLabel } from "../experiment/noise.js";
import type { Recipe } from "../experiment/recipe.js";
import { htmlReport } from "../report/htmlReport.js";
import { resultTable } from "../terminal/resultTable.js";
import type { DemoOutput } from "./DemoOutput.js";
import { digitsFor } from "./digitsFor.js";
import { modelFramework } from "./modelFramework.js";
import {
  addTrainingOptions,
  countOf,
  nameList,
  networkOf,
  type TrainingOptions,
  trainingLine,
  trainingOf,
} from "./options.js";
import { parityLine } from "./parityCommand.js";

interface CompareOptions extends TrainingOptions {
  readonly seeds: number;
  readonly model?: string;
  readonly after?: readonly string[];
  readonly report?: string;
}

export function addCompareCommand(program: Command, output: DemoOutput): void {
  const command = program
    .command("compare", { isDefault: true })
    .description(
      "Trains a network without noise and with it, through both adapters, and compares the four; what is done without a command.",
    );
  addTrainingOptions(command)
    .option("--seeds <count>", "average over this many seeds, counted up from --seed", countOf, 1)
    .addOption(
      new Option(
        "--model <file>",
        "train this .onnx model of digits instead, with dropout, in onnxruntime-web alone",
      ).conflicts(["variant", "inputRate"]),
    )
    .option(
      "--after <names>",
      "with --model: tensors that dropout follows (default: each Relu)",
      nameList,
    )
    .option("--report <file.html>", "write curves, table and settings as one page")
    .addHelpText(
      "after",
      `
Without --data or --download it trains on digits that the project draws itself.

Examples:
  $ pnpm demo
  $ pnpm demo compare --data ./mnist --epochs 10,20 --seeds 3 --report mnist.html
  $ pnpm demo compare --variant alpha --rate 0.1
  $ pnpm demo compare --model digits.onnx --after hidden1,hidden2 --rate 0.3`,
    )
    .action(async (options: CompareOptions) => {
      if (options.after && !options.model) command.error("error: option '--after' needs '--model'");
      await runCompare(options, output);
    });
}

async function runCompare(options: CompareOptions, output: DemoOutput): Promise<void> {
  const { progress, write } = output;
  const { model, seeds, report } = options;
  if (report !== undefined) await checkFolder(report);
  const chosen =
    model === undefined ? Object.values(frameworks) : [await modelFramework(model, options)];
  const digits = await digitsFor(options, output);
  const training = trainingOf(options);
  const { noise, activation, recipe } = training;
  const network = model ?? networkOf(training);
  write(trainingLine(network, training));
  const arms = await compare({
    digits,
    activation,
    seeds,
    frameworks: chosen,
    noises: [undefined, noise],
    recipe: report === undefined ? recipe : { ...recipe, epochs: everyEpoch(recipe) },
    now: () => performance.now(),
    pause: setImmediate,
    onRun: (run) => {
      progress.start(labelOf(run, seeds));
      return progress.show;
    },
  });
  progress.stop();
  const listed = arms.filter(({ results }) => recipe.epochs.includes(results[0].epoch));
  write(resultTable(listed));
  if (report !== undefined) {
    const settings = { data: digits.name, network, recipe, seeds, command: process.argv.slice(2) };
    await writeFile(report, await htmlReport({ arms, listed, settings }));
    write(`report: ${report}`);
  }
  if (model === undefined) write(await parityLine(training, { digits }));
}

/** Before hours of training, not after them. */
async function checkFolder(report: string): Promise<void> {
  try {
    await access(dirname(report), constants.W_OK);
  } catch (cause) {
    throw new Error(`demo: report must be in a folder that can be written, got ${report}`, {
      cause,
    });
  }
}

const everyEpoch = ({ epochs }: Recipe): number[] =>
  Array.from({ length: Math.max(...epochs) }, (_, i) => i + 1);

/** One training's name, of equal width for all so that the bars stand under each other. */
function labelOf({ framework, noise, seed }: Run, seeds: number): string {
  const name = noise === undefined ? "without noise" : noiseLabel(noise);
  return `${framework.padEnd(22)} ${name.padEnd(13)}${seeds === 1 ? "" : ` seed ${seed}`}`;
}
