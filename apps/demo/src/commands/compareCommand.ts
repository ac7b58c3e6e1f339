import { access, constants, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Command, Option } from "commander";
import {
  type Framework,
  type FrameworkName,
  frameworkNames,
  frameworks,
} from "../experiment/frameworks.js";
import { networkName } from "../experiment/networks/Network.js";
import { type Arm, armLabel } from "../experiment/networks/Noise.js";
import { PARITY_LEARNING_RATE } from "../experiment/parity.js";
import type { Recipe } from "../experiment/recipe.js";
import { resultTable } from "../terminal/resultTable.js";
import type { DemoOutput } from "./DemoOutput.js";
import { digitsFor } from "./digitsFor.js";
import { addTrainingOptions, chosenVariantOf, trainingLine, trainingOf } from "./options.js";
import { countOf, nameList, namesOf } from "./optionValues.js";
import { parityLine } from "./parityCommand.js";
import {
  addCheckpointOptions,
  type CheckpointOptions,
  runExperiment,
  startedFrom,
} from "./runExperiment.js";
import type { TrainingOptions } from "./TrainingOptions.js";
import { UsageError } from "./UsageError.js";

interface CompareOptions extends TrainingOptions, CheckpointOptions {
  readonly framework: readonly FrameworkName[];
  readonly seeds: number;
  readonly model?: string;
  readonly after?: readonly string[];
  readonly report?: string;
}

export function addCompareCommand(program: Command, output: DemoOutput): void {
  const command = program
    .command("compare", { isDefault: true })
    .description(
      "Trains a network without noise and with it, through both adapters, and compares them; what is done without a command.",
    );
  addTrainingOptions(command)
    .addOption(
      new Option("--framework <names>", "which adapters train")
        .argParser(namesOf(frameworkNames))
        .default(frameworkNames, frameworkNames.join(",")),
    )
    .option("--seeds <count>", "average over this many seeds, counted up from --seed", countOf, 1)
    .addOption(
      new Option(
        "--model <file>",
        "train this .onnx model of digits instead, with dropout, in onnxruntime-web alone",
      ).conflicts(["network", "hidden", "variant", "inputRate", "maxNorm", "framework"]),
    )
    .option(
      "--after <names>",
      "with --model: tensors that dropout follows (default: those of activations)",
      nameList,
    )
    .option("--report <file.html>", "write curves, table and settings as one page");
  // Here it may be several.
  const variant = command.options.find(({ long }) => long === "--variant");
  variant?.argParser((text) => text.split(",").map(chosenVariantOf));
  addCheckpointOptions(command)
    .addHelpText(
      "after",
      `
Several variants, with rates of their own, are compared by one command: --variant dropout,alpha-dropout:0.1.
Without --data or --download it trains on digits that the project draws itself.

Examples:
  $ pnpm demo
  $ pnpm demo compare --data ./mnist --epochs 10,20 --seeds 3 --report mnist.html
  $ pnpm demo compare --data ./mnist --images 1000 --variant dropout,gaussian-dropout,drop-connect
  $ pnpm demo compare --variant alpha-dropout --rate 0.1/0.05 --checkpoint alpha.json
  $ pnpm demo compare --resume alpha.json
  $ pnpm demo compare --model digits.onnx --after hidden1,hidden2 --rate 0.3`,
    )
    .action((options: CompareOptions) => runCompare(options, output));
}

async function runCompare(given: CompareOptions, output: DemoOutput): Promise<void> {
  const started = await startedFrom("compare", given);
  const { options } = started;
  const { model, seeds, report, after } = options;
  if (after && !model) throw new UsageError("option '--after' needs '--model'");
  const { arms, recipe } = trainingOf(options);
  if (report !== undefined) await checkFolder(report);
  const { chosen, notes } = await frameworksOf(options, arms[0]);
  const digits = await digitsFor(options, output);
  const network = model ?? networkName(arms[0].network);
  output.write([trainingLine(network, recipe), ...notes].join("\n"));
  const experiment = {
    digits,
    frameworks: chosen,
    arms: [...baselinesOf(arms), ...arms],
    recipe: report === undefined ? recipe : { ...recipe, epochs: everyEpoch(recipe) },
    seeds,
  };
  const results = await runExperiment(experiment, { started, output });
  const listed = results.filter(({ results: [{ epoch }] }) => recipe.epochs.includes(epoch));
  output.write(resultTable(listed));
  if (report !== undefined) {
    const settings = { data: digits.name, network, recipe, seeds, command: process.argv.slice(2) };
    const { htmlReport } = await import("../report/htmlReport.js");
    await writeFile(report, await htmlReport({ arms: results, listed, settings }));
    output.write(`report: ${report}`);
  }
  if (chosen.length > 1) {
    const slow = { ...recipe, learningRate: PARITY_LEARNING_RATE };
    output.write(await parityLine({ digits, arm: arms[0], recipe: slow }));
  }
}

/** Those that were asked for; of a model of the caller's, the one that can read it, and how it was changed. */
async function frameworksOf(
  { model, framework, after }: CompareOptions,
  { noise }: Arm,
): Promise<{ readonly chosen: Framework[]; readonly notes: readonly string[] }> {
  if (model === undefined) return { chosen: framework.map((name) => frameworks[name]), notes: [] };
  const { modelFramework } = await import("./modelFramework.js");
  const own = await modelFramework(model, { rate: noise?.rates[0] ?? 0, ...(after && { after }) });
  return { chosen: [own.framework], notes: own.notes };
}

/** The arms without noise: one for each network that an arm has. */
function baselinesOf(arms: readonly Arm[]): Arm[] {
  const plain = arms.map(({ network }) => ({ network, noise: undefined }));
  return [...new Map(plain.map((arm) => [armLabel(arm), arm])).values()];
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
