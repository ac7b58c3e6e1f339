import { setImmediate } from "node:timers/promises";
import { type Command, Option } from "commander";
import { frameworks } from "../experiment/frameworks.js";
import { noiseLabel } from "../experiment/noise.js";
import { train } from "../experiment/train.js";
import { resultTable } from "../terminal/resultTable.js";
import { recipeLine } from "./compareCommand.js";
import type { DemoOutput } from "./DemoOutput.js";
import { digitsFor } from "./digitsFor.js";
import {
  activationOf,
  addDataOptions,
  addNoiseOptions,
  addRecipeOptions,
  type DataOptions,
  type NoiseOptions,
  noiseOf,
  type RecipeOptions,
  recipeOf,
} from "./options.js";

interface TrainCommandOptions extends DataOptions, NoiseOptions, RecipeOptions {
  readonly framework: "tfjs" | "onnx";
}

export function addTrainCommand(program: Command, output: DemoOutput): void {
  const command = program
    .command("train")
    .description("Trains one network with noise, in one framework.");
  addRecipeOptions(addNoiseOptions(addDataOptions(command)))
    .addOption(
      new Option("--framework <name>", "which adapter trains it")
        .choices(["tfjs", "onnx"])
        .default("onnx"),
    )
    .addHelpText(
      "after",
      `
Examples:
  $ pnpm demo train --framework tfjs --variant gaussian --rate 0.3
  $ pnpm demo train --data ./mnist --epochs 20 --schedule cosine --input-rate 0.2`,
    )
    .action((options: TrainCommandOptions) => runTrain(options, output));
}

async function runTrain(options: TrainCommandOptions, output: DemoOutput): Promise<void> {
  const { progress, write } = output;
  const framework = frameworks[options.framework === "tfjs" ? 0 : 1];
  const digits = await digitsFor(options, output);
  const recipe = recipeOf(options);
  const activation = activationOf(options);
  const noise = noiseOf(options);
  write(`784-256-256-10 ${activation}, ${recipeLine(recipe)}`);
  progress.start(`${framework.name} ${noiseLabel(noise)}`);
  const learner = await framework.learner({ noise, activation, seed: recipe.seed });
  const results = await train(learner, {
    digits,
    recipe,
    now: () => performance.now(),
    pause: setImmediate,
    onStep: progress.show,
  });
  await learner.dispose();
  progress.stop();
  write(
    resultTable(results.map((result) => ({ framework: framework.name, noise, results: [result] }))),
  );
}
