import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { NoiseSource } from "@dropoutkit/onnx/graph";
import type { Case } from "../Case.js";

const LIMIT = 300;

/** Opening the session of an MLP's training step takes at most 0.3 s, in a process that has run nothing before. */
export const sessionCreation: readonly Case[] = (["feeds", "graph"] as const).map(creation);

function creation(noise: NoiseSource): Case {
  const module = new URL("../openTraining.js", import.meta.url);
  return {
    name: `opening the training session of an MLP, noise from ${noise}`,
    peer: "limit",
    target: 1,
    runs: 9,
    prepare: async () => ({
      async ours() {
        const worker = new Worker(module, { workerData: noise });
        const [took] = await once(worker, "message");
        await worker.terminate();
        return Number(took);
      },
      peer: () => LIMIT,
      dispose() {},
    }),
  };
}
