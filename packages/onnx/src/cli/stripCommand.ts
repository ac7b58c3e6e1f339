import type { Command } from "commander";
import { stripDropout } from "../transforms/stripDropout.js";
import { addOutputOptions } from "./options.js";
import type { Terminal } from "./Terminal.js";
import { transformFile } from "./transformFile.js";

export function addStripCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("strip")
    .description("Takes dropout out, the model's own and what was put in: the model for inference.")
    .argument("<model>", "an .onnx file");
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx strip noisy.onnx --dry-run
  $ npx @dropoutkit/onnx strip noisy.onnx -o clean.onnx`,
    )
    .action(async (input: string) => {
      await transformFile(command, terminal, {
        input,
        transform: stripDropout,
        sites: (before) => before,
        done: (sites) => `stripped ${sites}`,
        nothing: "the model has no dropout",
      });
    });
}
