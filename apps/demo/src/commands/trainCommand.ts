import { type Command, Option } from "commander";
import { type FrameworkName, frameworkNames, frameworks } from "../experiment/frameworks.js";
import { networkName } from "../experiment/networks/Network.js";
import { resultTable } from "../terminal/resultTable.js";
import type { DemoOutput } from "./DemoOutput.js";
import { digitsFor } from "./digitsFor.js";
import { addTrainingOptions, trainingLine, trainingOf } from "./options.js";
import {
  addCheckpointOptions,
  type CheckpointOptions,
  runExperiment,
  startedFrom,
} from "./runExperiment.js";
import type { TrainingOptions } from "./TrainingOptions.js";

interface TrainOptions extends TrainingOptions, CheckpointOptions {
  readonly framework: FrameworkName;
}

export function addTrainCommand(program: Command, output: DemoOutput): void {
  const command = program
    .command("train")
    .description("Trains one network with noise, in one framework.");
  addTrainingOptions(command).addOption(
    new Option("--framework <name>", "which adapter trains it")
      .choices(frameworkNames)
      .default("onnx"),
  );
  addCheckpointOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ pnpm demo train --framework tfjs --variant gaussian-dropout --rate 0.3
  $ pnpm demo train --data ./mnist --epochs 20 --schedule cosine --input-rate 0.2
  $ pnpm demo train --data ./mnist --hidden 1024,1024 --max-norm 2 --checkpoint best.json
  $ pnpm demo train --resume best.json`,
    )
    .action((options: TrainOptions) => runTrain(options, output));
}

async function runTrain(given: TrainOptions, output: DemoOutput): Promise<void> {
  const started = await startedFrom("train", given);
  const { options } = started;
  const { arms, recipe } = trainingOf(options);
  const digits = await digitsFor(options, output);
  output.write(trainingLine(networkName(arms[0].network), recipe));
  const experiment = {
    digits,
    frameworks: [frameworks[options.framework]],
    arms,
    recipe,
    seeds: 1,
  };
  output.write(resultTable(await runExperiment(experiment, { started, output })));
}
