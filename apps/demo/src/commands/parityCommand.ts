import { setImmediate } from "node:timers/promises";
import type { Command } from "commander";
import {
  measureParity,
  PARITY_LEARNING_RATE,
  PARITY_STEPS,
  type ParityOptions,
} from "../experiment/parity.js";
import type { DemoOutput } from "./DemoOutput.js";
import { digitsFor } from "./digitsFor.js";
import { addTrainingOptions, trainingOf } from "./options.js";
import type { TrainingOptions } from "./TrainingOptions.js";

export function addParityCommand(program: Command, output: DemoOutput): void {
  const command = program
    .command("parity")
    .description(
      `Compares the losses of both frameworks over ${PARITY_STEPS} steps with noise, from the same weights on the same batches.`,
    );
  addTrainingOptions(command)
    .addHelpText(
      "after",
      `
Its learning rate is ${PARITY_LEARNING_RATE} unless one is given: with large steps the difference of a rounding grows.

Examples:
  $ pnpm demo parity
  $ pnpm demo parity --variant drop-connect --rate 0.3`,
    )
    .action(async (options: TrainingOptions) => {
      const { arms, recipe } = trainingOf(options);
      const digits = await digitsFor(options, output);
      const learningRate = options.learningRate ?? PARITY_LEARNING_RATE;
      const measured = { digits, arm: arms[0], recipe: { ...recipe, learningRate } };
      output.write(await parityLine(measured));
    });
}

/** Measures the parity of the frameworks, and says it in one line. */
export async function parityLine(options: Omit<ParityOptions, "pause">): Promise<string> {
  const difference = await measureParity({ ...options, pause: setImmediate });
  const { arm, recipe } = options;
  return `parity: over ${PARITY_STEPS} steps with ${arm.noise?.variant ?? "no noise"} at learning rate ${recipe.learningRate} the losses of both frameworks are within ${difference.toExponential(1)} of each other (relative)`;
}
