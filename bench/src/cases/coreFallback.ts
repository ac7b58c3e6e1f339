import { once } from "node:events";
import { Worker } from "node:worker_threads";
import * as tf from "@tensorflow/tfjs";
import type { Case } from "../Case.js";
import { MILLION } from "./corePlaces.js";

/** Core where WebAssembly is missing, in a worker that has none, beside tfjs's own JavaScript. */
export const coreFallback: Case = {
  name: "core dropout 1M without WebAssembly",
  peer: "tf.dropout (cpu)",
  target: 5,
  runs: 15,
  async prepare() {
    const worker = new Worker(new URL("../withoutWebAssembly.js", import.meta.url), {
      workerData: { entries: MILLION, rate: 0.3 },
    });
    await once(worker, "message");
    await tf.setBackend("cpu");
    const x = tf.ones([MILLION]);
    let step = 0;
    return {
      async ours() {
        worker.postMessage(step);
        step += 1;
        await once(worker, "message");
      },
      peer: () => tf.dropout(x, 0.3).dispose(),
      async dispose() {
        x.dispose();
        await worker.terminate();
      },
    };
  },
};
