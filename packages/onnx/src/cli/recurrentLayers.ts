import type { Command } from "commander";
import type { WhichRecurrent } from "../recurrent/recurrentNodes.js";
import { gather, gatherList } from "./options.js";

/** Which recurrent layers a command is for. */
export interface LayerOptions {
  readonly op?: readonly string[];
  readonly node?: readonly string[];
}

export const addLayerOptions = (command: Command): Command =>
  command
    .option(
      "--op <types>",
      "of operators of these types: LSTM, GRU, RNN (default: all)",
      gatherList,
    )
    .option("--node <name>", "of a node; may be given several times", gather);

export function layersOf(command: Command, { op, node }: LayerOptions): WhichRecurrent | undefined {
  if (op !== undefined && node !== undefined) {
    command.error("error: either '--op' or '--node' must say which layers");
  }
  if (op !== undefined) return { opType: op };
  return node && { name: node };
}
