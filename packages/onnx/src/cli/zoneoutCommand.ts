import type { Command } from "commander";
import { insertZoneout } from "../transforms/insertZoneout.js";
import { addOutputOptions, type NoiseOptions, noiseOption, rateOf } from "./options.js";
import { addLayerOptions, type LayerOptions, layersOf } from "./recurrentLayers.js";
import type { Terminal } from "./Terminal.js";
import { addedSites, transformFile } from "./transformFile.js";

interface ZoneoutOptions extends NoiseOptions, LayerOptions {
  readonly stateRate: number;
  readonly cellRate: number;
}

export function addZoneoutCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("zoneout")
    .description("Keeps units of recurrent layers' states at their previous values.")
    .argument("<model>", "an .onnx file")
    .option(
      "--state-rate <p>",
      "probability in [0, 1] that a unit of the hidden state stays",
      rateOf,
      0,
    )
    .option("--cell-rate <p>", "the same of an LSTM's cell state", rateOf, 0);
  addOutputOptions(addLayerOptions(command).addOption(noiseOption()))
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx zoneout model.onnx --state-rate 0.05 --cell-rate 0.5 --dry-run
  $ npx @dropoutkit/onnx zoneout model.onnx --op GRU --state-rate 0.1 -o noisy.onnx`,
    )
    .action(async (input: string, options: ZoneoutOptions) => {
      const { stateRate, cellRate, noise } = options;
      if (stateRate + cellRate === 0) {
        command.error("error: one of '--state-rate' and '--cell-rate' must be above 0");
      }
      const nodes = layersOf(command, options);
      const given = { ...(nodes && { nodes }), ...(noise && { noise }) };
      await transformFile(command, terminal, {
        input,
        transform: (model) => insertZoneout(model, { stateRate, cellRate, ...given }),
        sites: addedSites,
        done: (sites) => `inserted ${sites}`,
        nothing: () => "these layers have zoneout already",
      });
    });
}
