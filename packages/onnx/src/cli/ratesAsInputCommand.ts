import type { Command } from "commander";
import { rateAsInput } from "../transforms/rateAsInput.js";
import { addOutputOptions, gather } from "./options.js";
import type { Terminal } from "./Terminal.js";
import { transformFile } from "./transformFile.js";

export function addRatesAsInputCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("rates-as-input")
    .description(
      "Makes the rates of sites inputs, so that a schedule needs one model and one session.",
    )
    .argument("<model>", "an .onnx file with dropout that was put in")
    .option("--site <name>", "of a site; may be given several times (default: all)", gather);
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx rates-as-input noisy.onnx --dry-run
  $ npx @dropoutkit/onnx rates-as-input noisy.onnx --site hidden -o scheduled.onnx`,
    )
    .action(async (input: string, { site }: { readonly site?: readonly string[] }) => {
      await transformFile(command, terminal, {
        input,
        transform: (model) => rateAsInput(model, site && { sites: site }),
        sites: (before, after) =>
          after.filter(({ rate }, at) => rate === undefined && before[at]?.rate !== undefined),
        done: (sites) => `made the rate of ${sites} an input`,
        nothing: () => "these rates are inputs already",
      });
    });
}
