/*
 * A worker in which core finds no WebAssembly: for each step that it is told, it drops a million ones,
 * and says when it is done.
 */
import { parentPort, workerData } from "node:worker_threads";

Reflect.deleteProperty(globalThis, "WebAssembly");
const { dropout, forward } = await import("@dropoutkit/core");

const { entries, rate }: { entries: number; rate: number } = workerData;
const variant = dropout({ rate });
const x = new Float32Array(entries).fill(1);
const output = new Float32Array(entries);

parentPort?.on("message", (step: number) => {
  const call = { shape: [entries], seed: 7, site: "bench", step, training: true };
  forward(variant, x, call, output);
  parentPort?.postMessage("done");
});
parentPort?.postMessage("ready");
