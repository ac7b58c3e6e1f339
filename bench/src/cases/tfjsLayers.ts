import { dropConnect, dropout } from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import type { Case } from "../Case.js";

const RATE = 0.3;
const MILLION = 2 ** 20;

/** A call with the gradient by the input; the output's gradient is given, as a model gives it. */
function pass(layer: tf.layers.Layer, x: tf.Tensor): () => void {
  const call = (input: tf.Tensor): tf.Tensor => {
    const y = layer.call(input, { training: true });
    return Array.isArray(y) ? y[0] : y;
  };
  const gradient = tf.grad(call);
  return () => {
    tf.dispose(gradient(x, x));
  };
}

/** Our layer beside tfjs's own, 1M floats, call and gradient. */
const onBackend = (backend: string, target: number): Case => ({
  name: `tfjs dropout layer 1M, ${backend}`,
  peer: `tf.layers.dropout (${backend})`,
  target,
  runs: 30,
  async prepare() {
    await tf.setBackend(backend);
    const x = tf.ones([1024, MILLION / 1024]);
    return {
      ours: pass(dropout({ rate: RATE }), x),
      peer: pass(tf.layers.dropout({ rate: RATE }), x),
      dispose: () => x.dispose(),
    };
  },
});

/** A mask shared over images, beside one multiplication of as many floats. */
const spatial = (backend: string): Case => ({
  name: `tfjs dropout layer shared over space 1M, ${backend}`,
  peer: `tf.mul (${backend})`,
  target: 1 / 1.5,
  // So short that only compiled code tells.
  runs: 300,
  async prepare() {
    await tf.setBackend(backend);
    const x = tf.ones([16, 32, 32, 64]);
    const layer = dropout({ rate: RATE, noiseShape: [null, 1, 1, null] });
    return {
      ours: () => tf.dispose(layer.call(x, { training: true })),
      peer: () => tf.mul(x, x).dispose(),
      dispose: () => x.dispose(),
    };
  },
});

/** A mask of the weights for each of 128 examples, beside the layer without one; call and gradient. */
const connect: Case = {
  name: "tfjs dropConnect of dense 784x256, batch 128, wasm",
  peer: "tf.layers.dense (wasm)",
  target: 1 / 4,
  runs: 9,
  async prepare() {
    await tf.setBackend("wasm");
    const x = tf.randomNormal([128, 784], 0, 1, "float32", 1);
    const make = (): tf.layers.Layer => tf.layers.dense({ units: 256 });
    const layers = [dropConnect({ layer: make(), rate: RATE }), make()];
    for (const layer of layers) layer.apply(x);
    const [ours, peer] = layers.map((layer) => {
      const loss = (): tf.Scalar => {
        const y = layer.call(x, { training: true });
        return tf.sum(Array.isArray(y) ? y[0] : y);
      };
      return () => {
        const { value, grads } = tf.variableGrads(loss);
        tf.dispose([value, grads]);
      };
    });
    return { ours, peer, dispose: () => x.dispose() };
  },
};

export const tfjsLayers: readonly Case[] = [
  onBackend("wasm", 10),
  onBackend("cpu", 10),
  spatial("wasm"),
  spatial("cpu"),
  connect,
];
