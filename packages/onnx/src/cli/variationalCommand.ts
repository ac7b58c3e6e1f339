import type { Command } from "commander";
import { insertVariationalDropout } from "../transforms/insertVariationalDropout.js";
import { addOutputOptions, type NoiseOptions, noiseOption, rateOf } from "./options.js";
import { addLayerOptions, type LayerOptions, layersOf } from "./recurrentLayers.js";
import type { Terminal } from "./Terminal.js";
import { addedSites, transformFile } from "./transformFile.js";

interface VariationalOptions extends NoiseOptions, LayerOptions {
  readonly inputRate: number;
  readonly stateRate: number;
  readonly outputRate: number;
  readonly perGate?: true;
}

export function addVariationalCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("variational-dropout")
    .description("Drops the same features of recurrent layers at every timestep of a sequence.")
    .argument("<model>", "an .onnx file")
    .option("--input-rate <p>", "drop probability in [0, 1] of what enters a layer", rateOf, 0)
    .option("--state-rate <p>", "of the hidden state, as the cell reads it", rateOf, 0)
    .option("--output-rate <p>", "of what leaves a layer", rateOf, 0)
    .option("--per-gate", "an input and a state mask of its own for each gate");
  addOutputOptions(addLayerOptions(command).addOption(noiseOption()))
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx variational-dropout model.onnx --input-rate 0.2 --state-rate 0.3 --dry-run
  $ npx @dropoutkit/onnx variational-dropout model.onnx --op GRU --state-rate 0.3 --per-gate -o noisy.onnx`,
    )
    .action(async (input: string, options: VariationalOptions) => {
      const { inputRate, stateRate, outputRate, perGate, noise } = options;
      if (inputRate + stateRate + outputRate === 0) {
        command.error(
          "error: one of '--input-rate', '--state-rate' and '--output-rate' must be above 0",
        );
      }
      const nodes = layersOf(command, options);
      const rates = { inputRate, stateRate, outputRate };
      const given = {
        ...(perGate && { perGate }),
        ...(nodes && { nodes }),
        ...(noise && { noise }),
      };
      await transformFile(command, terminal, {
        input,
        transform: (model) => insertVariationalDropout(model, { ...rates, ...given }),
        sites: addedSites,
        done: (sites) => `inserted ${sites}`,
        nothing: () => "these layers have this dropout already",
      });
    });
}
