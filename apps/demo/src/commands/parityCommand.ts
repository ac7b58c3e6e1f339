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
import { addTrainingOptions, type Training, type TrainingOptions, trainingOf } from "./options.js";

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
  $ pnpm demo parity --variant dropconnect --rate 0.3`,
    )
    .action(async (options: TrainingOptions) => {
      const digits = await digitsFor(options, output);
      const { learningRate } = options;
      output.write(await parityLine(trainingOf(options), { digits, learningRate }));
    });
}

/** Measures the parity of the frameworks, and says it in one line. */
export async function parityLine(
  { noise, activation, recipe }: Training,
  {
    digits,
    learningRate = PARITY_LEARNING_RATE,
  }: Pick<ParityOptions, "digits"> & { readonly learningRate?: number | undefined },
): Promise<string> {
  const difference = await measureParity({
    digits,
    noise,
    activation,
    recipe: { ...recipe, learningRate },
    pause: setImmediate,
  });
  return `parity: over ${PARITY_STEPS} steps with ${noise.variant} at learning rate ${learningRate} the losses of both frameworks are within ${difference.toExponential(1)} of each other (relative)`;
}
