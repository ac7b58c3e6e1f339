import type { Command } from "commander";
import type { OnnxModel } from "../model/OnnxModel.js";
import { inspectDropout } from "../transforms/inspectDropout.js";
import { stripDropout } from "../transforms/stripDropout.js";
import { addOutputOptions } from "./options.js";
import type { Terminal } from "./Terminal.js";
import { transformFile } from "./transformFile.js";

export function addStripCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("strip")
    .alias("inference")
    .description(
      "Makes the model for inference: takes dropout out, the model's own and what was put in, and puts BatchNormalization into its form for inference.",
    )
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
      let norms = 0;
      await transformFile(command, terminal, {
        input,
        transform(model) {
          norms = countBatchNorms(model);
          return stripDropout(model);
        },
        sites: (before) => before,
        done: (sites) =>
          `stripped ${sites}${norms > 0 ? `, and made ${norms} BatchNormalization use running statistics` : ""}`,
        nothing: () => "the model has no dropout, and normalises by running statistics",
      });
    });
}

/** The nodes that normalise by their batch. */
const countBatchNorms = (model: OnnxModel): number =>
  inspectDropout(model).pitfalls.find(({ code }) => code === "batchStatistics")?.nodes?.length ?? 0;
