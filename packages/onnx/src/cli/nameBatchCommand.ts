import type { Command } from "commander";
import { nameBatch } from "../transforms/nameBatch.js";
import { addOutputOptions, gather } from "./options.js";
import type { Terminal } from "./Terminal.js";
import { transformFile } from "./transformFile.js";

interface NameBatchCommandOptions {
  readonly input?: readonly string[];
  readonly name: string;
}

export function addNameBatchCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("name-batch")
    .description("Lets a model that was exported for batches of one size take batches of any size.")
    .argument("<model>", "an .onnx file")
    .option(
      "--input <name>",
      "an input whose first axis is the batch's; may be given several times (default: the first, and those of its size)",
      gather,
    )
    .option("--name <name>", "what the size is called", "batch");
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx name-batch exported.onnx --dry-run
  $ npx @dropoutkit/onnx name-batch exported.onnx -o any.onnx`,
    )
    .action(async (input: string, { input: inputs, name }: NameBatchCommandOptions) => {
      await transformFile(command, terminal, {
        input,
        transform: (model) => nameBatch(model, { name, ...(inputs && { inputs }) }),
        sites: () => [],
        done: () => `named the batch ${name}`,
        nothing: () => "the batch has a name already",
      });
    });
}
