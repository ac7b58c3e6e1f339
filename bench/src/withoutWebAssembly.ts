/*
 * A worker in which core finds no WebAssembly. Told a side of the comparison, it drops entries of an
 * array of ones, and says when it is done.
 */
import { parentPort, workerData } from "node:worker_threads";
import * as tf from "@tensorflow/tfjs";

Reflect.deleteProperty(globalThis, "WebAssembly");
const { dropout, forward } = await import("@dropoutkit/core");

const { entries, rate }: { entries: number; rate: number } = workerData;
const variant = dropout({ rate });
const x = new Float32Array(entries).fill(1);
const output = new Float32Array(entries);
let step = 0;

await tf.setBackend("cpu");
const tensor = tf.ones([entries]);

const sides = {
  ours(): void {
    const call = { shape: [entries], seed: 7, site: "bench", step, training: true };
    forward(variant, x, call, output);
    step += 1;
  },
  peer: () => tf.dropout(tensor, rate).dispose(),
};

parentPort?.on("message", (side: keyof typeof sides) => {
  sides[side]();
  parentPort?.postMessage("done");
});
parentPort?.postMessage("ready");
