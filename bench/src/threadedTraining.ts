/*
 * A worker that takes training steps of the MLP with fed dropout on as many threads as it is told: one step
 * for each message. A process has one count of threads, so those that are compared are apart.
 */
import { parentPort, workerData } from "node:worker_threads";
import * as ort from "onnxruntime-web";
import { BATCH, noisyMlp, SIZES } from "./mlp.js";
import { onnxSteps } from "./onnxSteps.js";

ort.env.wasm.numThreads = workerData;
const steps = onnxSteps(noisyMlp("feeds"), [BATCH, SIZES[0]]);

parentPort?.on("message", async () => {
  await (await steps).step();
  parentPort?.postMessage("done");
});
