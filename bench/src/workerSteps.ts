import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Steps } from "./trainingSteps.js";

/** Steps in a worker, which has a framework of its own: it takes one for each message, and answers. */
export async function workerSteps(module: URL, workerData?: unknown): Promise<Steps> {
  const worker = new Worker(module, { workerData });
  return {
    async step() {
      worker.postMessage("step");
      await once(worker, "message");
    },
    dispose: async () => void (await worker.terminate()),
  };
}
