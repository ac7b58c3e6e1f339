/*
 * A worker that opens the training session of the MLP once, in a runtime that is loaded but has run
 * nothing yet, and says how long that took, in ms.
 */
import { parentPort, workerData } from "node:worker_threads";
import { encodeModel } from "@dropoutkit/onnx";
import * as ort from "onnxruntime-web";
import { BATCH, mlp, noisyMlp, SIZES } from "./mlp.js";
import { onnxSteps } from "./onnxSteps.js";

const runtime = await ort.InferenceSession.create(encodeModel(mlp()));
await runtime.release();
const start = performance.now();
await onnxSteps(noisyMlp(workerData), [BATCH, SIZES[0]]);
parentPort?.postMessage(performance.now() - start);
