import * as tf from "@tensorflow/tfjs";
import { NoiseLayer } from "../layers/NoiseLayer.js";
import { NoisyRnn } from "../recurrent/NoisyRnn.js";
import type { SerializedLayer } from "../registry/deserialize.js";
import { NoiseWrapper } from "../wrappers/NoiseWrapper.js";
import { tfjsVariants } from "./tfjsNoise.js";

type Layer = tf.layers.Layer;
type Config = tf.serialization.ConfigDict;

const drops = { dropout: 0, recurrentDropout: 0 };

/** The layers that tfjs has of one kind of cell, by the cell's class. */
const layersOfCells: { readonly [className: string]: string } = {
  LSTMCell: "LSTM",
  GRUCell: "GRU",
  SimpleRNNCell: "SimpleRNN",
};

/** What a layer is without its noise: another layer, "removed" where it is nothing but noise, undefined where it has none. */
export function withoutNoise(layer: Layer): SerializedLayer | "removed" | undefined {
  const className = layer.getClassName();
  if (layer instanceof NoiseLayer || className in tfjsVariants || className === "GaussianNoise") {
    return "removed";
  }
  if (layer instanceof NoiseWrapper) return wrappedLayer(layer);
  if (layer instanceof NoisyRnn) {
    // What is no identity at inference, as zoneout's mean, has no other layer.
    const isPlain = layer.variant.parts.every(({ infer }) => infer === "x");
    return isPlain ? plainRnn(layer) : undefined;
  }
  if (!(layer instanceof tf.layers.RNN)) return undefined;
  if (className !== "RNN") return { className, config: { ...layer.getConfig(), ...drops } };
  const cell: Layer = Reflect.get(layer, "cell");
  return rnn(layer, cellsOf(cell));
}

/** The layer in a wrapper, under the wrapper's name and at its place. */
function wrappedLayer(wrapper: NoiseWrapper): SerializedLayer | "removed" {
  const { layer } = wrapper;
  const { name, trainable, batchInputShape, dtype } = wrapper.getConfig();
  const inner = withoutNoise(layer) ?? {
    className: layer.getClassName(),
    config: layer.getConfig(),
  };
  if (inner === "removed") return inner;
  const start: Config = batchInputShape === undefined ? {} : { batchInputShape, dtype };
  return { ...inner, config: { ...inner.config, ...start, name, trainable } };
}

/** As tfjs's own layer of the cell's kind, which its wrappers take, or as one of any cells. */
function plainRnn(layer: NoisyRnn): SerializedLayer {
  const cells = layer.getConfig()["cell"] as unknown as readonly SerializedLayer[];
  const [{ className, config }] = cells;
  const own = layersOfCells[className];
  if (cells.length > 1 || own === undefined) return rnn(layer, cells);
  return { className: own, config: { ...config, ...drops, ...optionsOf(layer) } };
}

function rnn(layer: tf.RNN, cells: readonly SerializedLayer[]): SerializedLayer {
  const plain = cells.map(
    ({ className, config }): SerializedLayer => ({
      className,
      config: "dropout" in config ? { ...config, ...drops } : config,
    }),
  );
  const stack = { className: "StackedRNNCells", config: { cells: plain as unknown as Config[] } };
  const cell = (plain.length === 1 ? plain[0] : stack) as unknown as Config;
  return { className: "RNN", config: { ...optionsOf(layer), cell } };
}

/** The options of a recurrent layer, beside those of its cells. */
function optionsOf(layer: tf.RNN): Config {
  const { returnSequences, returnState, goBackwards, stateful, unroll } = layer;
  return {
    // Not that of RNN, which spreads the cell's config over the layer's.
    ...tf.layers.Layer.prototype.getConfig.call(layer),
    ...{ returnSequences, returnState, goBackwards, stateful, unroll },
  };
}

/** One cell, or those of a stack. */
function cellsOf(cell: Layer): readonly SerializedLayer[] {
  const cells: readonly Layer[] = Reflect.get(cell, "cells") ?? [cell];
  return cells.map((one) => ({ className: one.getClassName(), config: one.getConfig() }));
}
