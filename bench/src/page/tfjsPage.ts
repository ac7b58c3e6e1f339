/// <reference lib="dom" />
/*
 * The page of the benchmarks in Chromium. `prepare` makes the two sides of a case on a backend, and `run`
 * does the work of one of them, and waits until the GPU has done it.
 */
import { dropout, spatialDropout2d } from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";

const RATE = 0.3;
/** Calls in a run, so that its way to the page and back weighs little. */
const PASSES = 5;

type Sides = Readonly<Record<"ours" | "peer", () => tf.Tensor>>;

/** A call with the gradient by the input; the output's gradient is given, as a model gives it. */
function pass(layer: tf.layers.Layer, x: tf.Tensor): () => tf.Tensor {
  const gradient = tf.grad((input: tf.Tensor) => {
    const y = layer.call(input, { training: true });
    return Array.isArray(y) ? y[0] : y;
  });
  return () => gradient(x, x);
}

const cases = {
  dropout(): Sides {
    const x = tf.mul(tf.ones([1024, 1024]), 1);
    const layers = [dropout({ rate: RATE }), tf.layers.dropout({ rate: RATE })];
    const [ours, peer] = layers.map((layer) => pass(layer, x));
    return { ours, peer };
  },
  spatial(): Sides {
    const x = tf.mul(tf.ones([16, 32, 32, 64]), 1);
    const layer = spatialDropout2d({ rate: RATE });
    return { ours: () => layer.call(x, { training: true }), peer: () => tf.mul(x, x) };
  },
};

let sides: Sides | undefined;

/** What the benchmark calls. */
const tfjsPage = {
  async prepare(name: keyof typeof cases, backend: string): Promise<void> {
    if (!(await tf.setBackend(backend))) {
      throw new Error(`bench: backend must start, got none for ${backend}`);
    }
    sides = cases[name]();
  },
  async run(side: keyof Sides): Promise<void> {
    if (sides === undefined) throw new Error("bench: prepare must be called before run, got none");
    const results = Array.from({ length: PASSES }, sides[side]);
    // A value of the last result is there when all of them are.
    const last = tf.tidy(() => {
      const y = results[PASSES - 1];
      const end = y.shape.map((size) => size - 1);
      return tf.slice(
        y,
        end,
        end.map(() => 1),
      );
    });
    await last.data();
    tf.dispose([results, last]);
  },
};

export type TfjsPage = typeof tfjsPage;

Object.assign(globalThis, { tfjsPage });
