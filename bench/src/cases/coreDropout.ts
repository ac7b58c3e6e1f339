import { backward, dropout, forward } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import type { Case, Sides } from "../Case.js";
import { COPY, copyOf, MILLION, type Place, places } from "./corePlaces.js";

const RATE = 0.3;

/** A peer of core's dropout, and the ratio to reach at 1M. */
interface Peer {
  readonly name: string;
  readonly target: number | null;
  prepare(entries: number): Promise<Pick<Sides, "peer" | "dispose">>;
}

const onBackend = (backend: string, target: number): Peer => ({
  name: `tf.dropout (${backend})`,
  target,
  async prepare(entries) {
    await tf.setBackend(backend);
    const x = tf.ones([entries]);
    return { peer: () => tf.dropout(x, RATE).dispose(), dispose: () => x.dispose() };
  },
});

const copy: Peer = { name: COPY, target: null, prepare: async (entries) => copyOf(entries) };

/** 1M floats beside `tf.dropout` and a plain copy. */
const million = ({ name, arrays }: Place): Case[] =>
  [onBackend("wasm", 10), onBackend("cpu", 50), copy].map((peer) => ({
    name: `core dropout 1M, ${name}`,
    peer: peer.name,
    target: peer.target,
    runs: 25,
    prepare: async () => ({
      ours: passOn(forward, arrays(MILLION)),
      ...(await peer.prepare(MILLION)),
    }),
  }));

/** More than caches hold: at most 4 copies of the array. */
const large = ({ name, arrays }: Place): Case => ({
  name: `core dropout 16M, ${name}`,
  peer: COPY,
  target: 1 / 4,
  runs: 15,
  prepare: async () => ({
    ours: passOn(forward, arrays(16 * MILLION)),
    ...copyOf(16 * MILLION),
  }),
});

/** The backward pass draws again: at most 1.1 forward passes. */
const again = ({ name, arrays }: Place): Case => ({
  name: `core dropout 1M backward, ${name}`,
  peer: "core forward",
  target: 1 / 1.1,
  runs: 51,
  prepare: async () => ({
    ours: passOn(backward, arrays(MILLION)),
    peer: passOn(forward, arrays(MILLION)),
    dispose: () => {},
  }),
});

/** A float costs the same in a large array as in small ones, within 20%. */
const flat = ({ name, arrays }: Place): Case => ({
  name: `core dropout 4M, ${name}`,
  peer: "core, 64 times 64k",
  target: 1 / 1.2,
  runs: 25,
  prepare: async () => {
    const small = passOn(forward, arrays(MILLION / 16));
    return {
      ours: passOn(forward, arrays(4 * MILLION)),
      peer: () => {
        for (let i = 0; i < 64; i++) small();
      },
      dispose: () => {},
    };
  },
});

/** Standard dropout into an array that is there: through the kernels' scratch, and in place. */
export const coreDropout: readonly Case[] = places.flatMap((place) => [
  ...million(place),
  large(place),
  again(place),
  flat(place),
]);

function passOn(
  pass: typeof forward,
  { x, output }: { readonly x: Float32Array; readonly output: Float32Array },
): () => void {
  const variant = dropout({ rate: RATE });
  const call = { shape: [x.length], seed: 7, site: "bench", training: true } as const;
  let step = 0;
  return () => {
    pass(variant, x, { ...call, step }, output);
    step += 1;
  };
}
