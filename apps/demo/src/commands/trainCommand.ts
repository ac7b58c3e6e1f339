import { setImmediate } from "node:timers/promises";
import { type Command, Option } from "commander";
import { type FrameworkName, frameworkNames, frameworks } from "../experiment/frameworks.js";
import { noiseLabel } from "../experiment/noise.js";
import { train } from "../experiment/train.js";
import { resultTable } from "../terminal/resultTable.js";
import type { DemoOutput } from "./DemoOutput.js";
import { digitsFor } from "./digitsFor.js";
import {
  addTrainingOptions,
  networkOf,
  type TrainingOptions,
  trainingLine,
  trainingOf,
} from "./options.js";

interface TrainOptions extends TrainingOptions {
  readonly framework: FrameworkName;
}

export function addTrainCommand(program: Command, output: DemoOutput): void {
  const command = program
    .command("train")
    .description("Trains one network with noise, in one framework.");
  addTrainingOptions(command)
    .addOption(
      new Option("--framework <name>", "which adapter trains it")
        .choices(frameworkNames)
        .default("onnx"),
    )
    .addHelpText(
      "after",
      `
Examples:
  $ pnpm demo train --framework tfjs --variant gaussian --rate 0.3
  $ pnpm demo train --data ./mnist --epochs 20 --schedule cosine --input-rate 0.2`,
    )
    .action((options: TrainOptions) => runTrain(options, output));
}

async function runTrain(options: TrainOptions, output: DemoOutput): Promise<void> {
  const { progress, write } = output;
  const { name, learner: make } = frameworks[options.framework];
  const digits = await digitsFor(options, output);
  const training = trainingOf(options);
  const { noise, activation, recipe } = training;
  write(trainingLine(networkOf(training), training));
  progress.start(`${name} ${noiseLabel(noise)}`);
  const learner = await make({ noise, activation, seed: recipe.seed });
  const results = await train(learner, {
    digits,
    recipe,
    now: () => performance.now(),
    pause: setImmediate,
    onStep: progress.show,
  });
  await learner.dispose();
  progress.stop();
  write(resultTable(results.map((result) => ({ framework: name, noise, results: [result] }))));
}
