import { type Command, Option } from "commander";
import {
  type InsertDropConnectOptions,
  insertDropConnect,
} from "../transforms/insertDropConnect.js";
import type { WhichNodes } from "../weights/chosenNodes.js";
import {
  addOutputOptions,
  gather,
  gatherList,
  type NoiseOptions,
  noiseOption,
  rateOption,
} from "./options.js";
import type { Terminal } from "./Terminal.js";
import { addedSites, transformFile } from "./transformFile.js";

interface DropConnectCommandOptions extends NoiseOptions {
  readonly rate: number;
  readonly op?: readonly string[];
  readonly node?: readonly string[];
  readonly per?: InsertDropConnectOptions["per"];
}

export function addDropConnectCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("drop-connect")
    .description("Drops weights of products, convolutions, recurrent operators and tables.")
    .argument("<model>", "an .onnx file")
    .addOption(rateOption().makeOptionMandatory())
    .option("--op <types>", "of operators of these types, such as MatMul,Gemm", gatherList)
    .option("--node <name>", "of a node; may be given several times", gather)
    .addOption(
      new Option(
        "--per <whom>",
        "whose a mask is (default: example; of recurrent operators and tables batch)",
      ).choices(["example", "batch"]),
    )
    .addOption(noiseOption());
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx drop-connect model.onnx --op Gemm --rate 0.5 --dry-run
  $ npx @dropoutkit/onnx drop-connect model.onnx --node /lstm/LSTM --rate 0.2 -o noisy.onnx`,
    )
    .action(async (input: string, options: DropConnectCommandOptions) => {
      const { rate, noise, per } = options;
      const nodes = nodesOf(command, options);
      await transformFile(command, terminal, {
        input,
        transform: (model) =>
          insertDropConnect(model, { rate, nodes, ...(noise && { noise }), ...(per && { per }) }),
        sites: addedSites,
        done: (sites) => `inserted ${sites}`,
        nothing: () => "these weights are dropped already",
      });
    });
}

function nodesOf(command: Command, { op, node }: DropConnectCommandOptions): WhichNodes {
  if (op !== undefined && node === undefined) return { opType: op };
  if (node !== undefined && op === undefined) return { name: node };
  return command.error("error: either '--op' or '--node' must say whose weights");
}
