import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { parseModel } from "../model/decodeModel.js";
import { addOutputOptions } from "./options.js";
import type { Terminal } from "./Terminal.js";
import { transformFile } from "./transformFile.js";

export function addSortCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("sort")
    .description(
      "Puts each node behind those whose results it reads, as the format asks; all other commands do so too.",
    )
    .argument("<model>", "an .onnx file");
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx sort model.onnx --dry-run
  $ npx @dropoutkit/onnx sort model.onnx -o sorted.onnx`,
    )
    .action(async (input: string) => {
      await transformFile(command, terminal, {
        input,
        // A model is sorted as it is read.
        before: async (path) => parseModel("sort", await readFile(path)),
        transform: (model) => model,
        sites: () => [],
        done: () => "sorted the nodes",
        nothing: () => "the nodes are in order",
      });
    });
}
