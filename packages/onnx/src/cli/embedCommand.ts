import type { Command } from "commander";
import { readWholeModel } from "../external/readWholeModel.js";
import { addOutputOptions } from "./options.js";
import type { Terminal } from "./Terminal.js";
import { transformFile } from "./transformFile.js";

export function addEmbedCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("embed")
    .description("Puts weights that lie in other files into the model, as a training needs it.")
    .argument("<model>", "an .onnx file");
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx embed model.onnx --dry-run
  $ npx @dropoutkit/onnx embed model.onnx -o whole.onnx`,
    )
    .action(async (input: string) => {
      await transformFile(command, terminal, {
        input,
        transform: () => readWholeModel(input),
        sites: () => [],
        done: () => "embedded the weights",
        nothing: () => "the model has no weights in other files",
      });
    });
}
