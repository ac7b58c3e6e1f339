import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Case } from "../Case.js";
import { MILLION } from "./corePlaces.js";

/** Core where WebAssembly is missing beside tfjs's own JavaScript, both in a worker that has none. */
export const coreFallback: Case = {
  name: "core dropout 1M without WebAssembly",
  peer: "tf.dropout (cpu)",
  target: 5,
  runs: 25,
  async prepare() {
    const worker = new Worker(new URL("../withoutWebAssembly.js", import.meta.url), {
      workerData: { entries: MILLION, rate: 0.3 },
    });
    await once(worker, "message");
    const run = async (side: "ours" | "peer"): Promise<void> => {
      worker.postMessage(side);
      await once(worker, "message");
    };
    return {
      ours: () => run("ours"),
      peer: () => run("peer"),
      dispose: async () => void (await worker.terminate()),
    };
  },
};
