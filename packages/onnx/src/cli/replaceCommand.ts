import type { Command } from "commander";
import { replaceDropout } from "../transforms/replaceDropout.js";
import { addOutputOptions, type NoiseOptions, noiseOption, rateOption } from "./options.js";
import type { Terminal } from "./Terminal.js";
import { addedSites, transformFile } from "./transformFile.js";
import { addVariantOptions, fixedVariants, variantOf } from "./variants.js";

interface ReplaceOptions extends NoiseOptions {
  readonly rate?: number;
}

export function addReplaceCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("replace")
    .description(
      "Makes a model's own dropout one that runtimes keep, and whose masks can be set; rates stay unless one is given.",
    )
    .argument("<model>", "an .onnx file")
    .addOption(rateOption());
  addVariantOptions(command, fixedVariants).addOption(noiseOption());
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx replace exported.onnx --dry-run
  $ npx @dropoutkit/onnx replace exported.onnx --variant alpha-dropout --rate 0.1 -o noisy.onnx`,
    )
    .action(async (input: string, { rate, noise }: ReplaceOptions) => {
      const variant = variantOf(command, fixedVariants);
      const options = {
        ...(variant && { variant }),
        ...(rate !== undefined && { rate }),
        ...(noise && { noise }),
      };
      await transformFile(command, terminal, {
        input,
        transform: (model) => replaceDropout(model, options),
        sites: addedSites,
        done: (sites) => `replaced ${sites}`,
        nothing: () => "the model has no dropout of its own",
      });
    });
}
