import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Steps } from "./trainingSteps.js";

const PYTHON = process.env.PYTHON ?? "python3";
const script = fileURLToPath(new URL("../python/trainingSteps.py", import.meta.url));

/** Why PyTorch cannot be a peer on this machine; undefined where it can. */
export const withoutTorch = (): string | undefined =>
  spawnSync(PYTHON, ["-c", "import torch"]).status === 0
    ? undefined
    : `${PYTHON} with torch not found (environment variable PYTHON names another Python)`;

/** Steps in a Python process: one for each line, answered by a line. */
export async function torchSteps(): Promise<Steps> {
  const python = spawn(PYTHON, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: python.stdout });
  return {
    async step() {
      python.stdin.write("step\n");
      await once(answers, "line");
    },
    async dispose() {
      python.stdin.end();
      await once(python, "exit");
    },
  };
}
