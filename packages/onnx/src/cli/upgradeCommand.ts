import { type Command, Option } from "commander";
import { NEWEST_OPSET } from "../opset/irVersions.js";
import { upgradeOpset } from "../transforms/upgradeOpset.js";
import { addOutputOptions, countOf } from "./options.js";
import type { Terminal } from "./Terminal.js";
import { transformFile } from "./transformFile.js";

export function addUpgradeCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("upgrade")
    .description("Brings a model to a later version of the operators; --noise graph needs 18.")
    .argument("<model>", "an .onnx file")
    .addOption(
      new Option("--opset <version>", `at most ${NEWEST_OPSET}`)
        .argParser(countOf)
        .makeOptionMandatory(),
    );
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx upgrade old.onnx --opset 18 --dry-run
  $ npx @dropoutkit/onnx upgrade old.onnx --opset 18 -o new.onnx`,
    )
    .action(async (input: string, { opset }: { readonly opset: number }) => {
      await transformFile(command, terminal, {
        input,
        transform: (model) => upgradeOpset(model, opset),
        sites: () => [],
        done: () => `upgraded to opset ${opset}`,
        nothing: () => `the model is at opset ${opset} already`,
      });
    });
}
