import { dropout, forward } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import type { Case, Sides } from "../Case.js";

const RATE = 0.3;
const MILLION = 2 ** 20;

/** A peer of core's dropout over an array of ones. */
interface Peer {
  readonly name: string;
  prepare(entries: number): Promise<Pick<Sides, "peer" | "dispose">>;
}

const onBackend = (backend: string): Peer => ({
  name: `tf.dropout (${backend})`,
  async prepare(entries) {
    await tf.setBackend(backend);
    const x = tf.ones([entries]);
    return { peer: () => tf.dropout(x, RATE).dispose(), dispose: () => x.dispose() };
  },
});

const copy: Peer = {
  name: "copy of the array",
  async prepare(entries) {
    const source = new Float32Array(entries).fill(1);
    const target = new Float32Array(entries);
    return { peer: () => target.set(source), dispose: () => {} };
  },
};

/** Standard dropout, forward, into an array that is there, beside `tf.dropout` and a plain copy. */
export const coreDropout: readonly Case[] = [1, 16].flatMap((millions) =>
  [onBackend("cpu"), onBackend("wasm"), copy].map(
    (peer): Case => ({
      name: `core dropout ${millions}M`,
      peer: peer.name,
      target: null,
      runs: millions === 1 ? 15 : 5,
      prepare: async () => ({
        ours: oursOn(millions * MILLION),
        ...(await peer.prepare(millions * MILLION)),
      }),
    }),
  ),
);

function oursOn(entries: number): Sides["ours"] {
  const variant = dropout({ rate: RATE });
  const x = new Float32Array(entries).fill(1);
  const output = new Float32Array(entries);
  let step = 0;
  return () => {
    const call = { shape: [entries], seed: 7, site: "bench", training: true } as const;
    forward(variant, x, { ...call, step }, output);
    step += 1;
  };
}
