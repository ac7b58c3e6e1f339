import type { Command } from "commander";
import type { WhichRecurrent } from "../recurrent/recurrentNodes.js";
import { variationalDropout } from "../transforms/variationalDropout.js";
import {
  addOutputOptions,
  gather,
  gatherList,
  type NoiseOptions,
  noiseOption,
  rateOf,
} from "./options.js";
import type { Terminal } from "./Terminal.js";
import { addedSites, transformFile } from "./transformFile.js";

interface VariationalOptions extends NoiseOptions {
  readonly inputRate: number;
  readonly stateRate: number;
  readonly outputRate: number;
  readonly perGate?: true;
  readonly op?: readonly string[];
  readonly node?: readonly string[];
}

export function addVariationalCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("variational")
    .description("Drops the same features of recurrent layers at every timestep of a sequence.")
    .argument("<model>", "an .onnx file")
    .option("--input-rate <p>", "drop probability in [0, 1] of what enters a layer", rateOf, 0)
    .option("--state-rate <p>", "of the hidden state, as the cell reads it", rateOf, 0)
    .option("--output-rate <p>", "of what leaves a layer", rateOf, 0)
    .option("--per-gate", "an input and a state mask of its own for each gate")
    .option(
      "--op <types>",
      "of operators of these types: LSTM, GRU, RNN (default: all)",
      gatherList,
    )
    .option("--node <name>", "of a node; may be given several times", gather)
    .addOption(noiseOption());
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx variational model.onnx --input-rate 0.2 --state-rate 0.3 --dry-run
  $ npx @dropoutkit/onnx variational model.onnx --op GRU --state-rate 0.3 --per-gate -o noisy.onnx`,
    )
    .action(async (input: string, options: VariationalOptions) => {
      const { inputRate, stateRate, outputRate, perGate, noise } = options;
      if (inputRate + stateRate + outputRate === 0) {
        command.error(
          "error: one of '--input-rate', '--state-rate' and '--output-rate' must be above 0",
        );
      }
      const nodes = nodesOf(command, options);
      const rates = { inputRate, stateRate, outputRate };
      const given = {
        ...(perGate && { perGate }),
        ...(nodes && { nodes }),
        ...(noise && { noise }),
      };
      await transformFile(command, terminal, {
        input,
        transform: (model) => variationalDropout(model, { ...rates, ...given }),
        sites: addedSites,
        done: (sites) => `inserted ${sites}`,
      });
    });
}

function nodesOf(command: Command, { op, node }: VariationalOptions): WhichRecurrent | undefined {
  if (op !== undefined && node !== undefined) {
    command.error("error: either '--op' or '--node' must say which layers");
  }
  if (op !== undefined) return { opType: op };
  return node && { name: node };
}
