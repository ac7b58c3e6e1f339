import type { Command } from "commander";
import { recurrentToScan } from "../recurrent/recurrentToScan.js";
import { addOutputOptions } from "./options.js";
import { addLayerOptions, type LayerOptions, layersOf } from "./recurrentLayers.js";
import type { Terminal } from "./Terminal.js";
import { transformFile } from "./transformFile.js";

export function addRecurrentToScanCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("recurrent-to-scan")
    .description(
      "Writes recurrent layers as loops of plain operators, whose states and gates can be seen.",
    )
    .argument("<model>", "an .onnx file");
  addOutputOptions(addLayerOptions(command))
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx recurrent-to-scan lstm.onnx --dry-run
  $ npx @dropoutkit/onnx recurrent-to-scan lstm.onnx --node encoder/lstm -o loops.onnx`,
    )
    .action(async (input: string, options: LayerOptions) => {
      const nodes = layersOf(command, options);
      await transformFile(command, terminal, {
        input,
        transform: (model) => recurrentToScan(model, nodes && { nodes }),
        sites: () => [],
        done: () => "wrote recurrent layers as Scans",
        nothing: () => "the model has no recurrent layers",
      });
    });
}
