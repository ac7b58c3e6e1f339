import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Case } from "../Case.js";

const module = fileURLToPath(new URL("../trainingMemory.js", import.meta.url));

/** The most memory of a process that trains the MLP, its framework and Node included. */
export const trainingMemory: Case = {
  name: "memory of a process that trains an MLP",
  peer: "tfjs (wasm)",
  target: null,
  runs: 3,
  unit: "MB",
  prepare: async () => ({ ours: () => most("onnx"), peer: () => most("tfjs"), dispose() {} }),
};

async function most(framework: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [module, framework]);
  return Number(stdout.split("\n").at(-1));
}
