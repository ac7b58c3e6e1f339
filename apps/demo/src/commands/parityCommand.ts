import { setImmediate } from "node:timers/promises";
import type { Command } from "commander";
import { frameworks } from "../experiment/frameworks.js";
import {
  measureParity,
  PARITY_LEARNING_RATE,
  PARITY_STEPS,
  type ParityOptions,
} from "../experiment/parity.js";
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

type Options = DataOptions & NoiseOptions & RecipeOptions;

export function addParityCommand(program: Command, output: DemoOutput): void {
  const command = program
    .command("parity")
    .description(
      `Compares the losses of both frameworks over ${PARITY_STEPS} steps with noise, from the same weights on the same batches.`,
    );
  addRecipeOptions(addNoiseOptions(addDataOptions(command)))
    .addHelpText(
      "after",
      `
Its learning rate is ${PARITY_LEARNING_RATE} unless one is given: with large steps the difference of a rounding grows.

Examples:
  $ pnpm demo parity
  $ pnpm demo parity --variant dropconnect --rate 0.3`,
    )
    .action(async (options: Options) => {
      const digits = await digitsFor(options, output);
      output.write(await parityLine({ ...options, digits, recipe: recipeOf(options) }));
    });
}

/** Measures the parity of the frameworks, and says it in one line. */
export async function parityLine(
  options: Options & Pick<ParityOptions, "digits" | "recipe">,
): Promise<string> {
  const learningRate = options.learningRate ?? PARITY_LEARNING_RATE;
  const difference = await measureParity({
    digits: options.digits,
    noise: noiseOf(options),
    activation: activationOf(options),
    recipe: { ...options.recipe, learningRate },
    pause: setImmediate,
  });
  const names = frameworks.map(({ name }) => name).join(" and ");
  return `parity: over ${PARITY_STEPS} steps with ${options.variant} at learning rate ${learningRate} the losses of ${names} are within ${difference.toExponential(1)} of each other (relative)`;
}
