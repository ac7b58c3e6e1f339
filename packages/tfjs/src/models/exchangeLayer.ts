import * as tf from "@tensorflow/tfjs";
import type { SerializedLayer } from "../registry/deserialize.js";
import { cellRates, tfjsVariants } from "./tfjsNoise.js";

type Layer = tf.layers.Layer;
type Config = tf.serialization.ConfigDict;

/** A layer of this package in the place of one of tfjs's own, or why there is none. */
export type Exchange =
  | { readonly to: SerializedLayer; readonly rates: Readonly<Record<string, number>> }
  | { readonly to?: never; readonly reason: string };

/** Finds what a layer of tfjs's own with dropout becomes; undefined for any other layer. */
export function exchangeLayer(layer: Layer, noise: Config): Exchange | undefined {
  const className = layer.getClassName();
  if (layer instanceof tf.layers.RNN) return exchangeRnn(layer, noise);
  if (!(className in tfjsVariants)) return undefined;
  const { rate, ...config } = layer.getConfig();
  if (!(typeof rate === "number" && rate >= 0 && rate <= 1)) {
    return { reason: `a rate must be in [0, 1], got ${String(rate)}` };
  }
  // tfjs's alphaDropout keeps it from its config.
  const noiseShape = Reflect.get(layer, "noiseShape") ?? null;
  const own = { ...config, noiseShape, ...noise, rate };
  return { to: { className: `dropoutkit>${className}`, config: own }, rates: { rate } };
}

function exchangeRnn(layer: tf.RNN, noise: Config): Exchange | undefined {
  const cell: Layer = Reflect.get(layer, "cell");
  const cells: readonly Layer[] = Reflect.get(cell, "cells") ?? [cell];
  const rates = cells.map(cellRates).find((found) => found !== undefined);
  if (rates === undefined) return undefined;
  const className = layer.getClassName();
  if (!/^(RNN|LSTM|GRU|SimpleRNN)$/.test(className)) {
    return { reason: `variationalRnn cannot be a ${className}` };
  }
  if (cells.some((one) => Reflect.get(one, "dropoutFunc"))) {
    return { reason: "its dropoutFunc is code, which no config holds" };
  }
  if (cells.some((one) => JSON.stringify(cellRates(one)) !== JSON.stringify(rates))) {
    return { reason: "its cells have different rates, and variationalRnn one for all" };
  }
  const { returnSequences, returnState, goBackwards, stateful, unroll } = layer;
  const config = {
    // Not that of RNN, which spreads the cell's config over the layer's.
    ...tf.layers.Layer.prototype.getConfig.call(layer),
    ...{ returnSequences, returnState, goBackwards, stateful, unroll },
    ...noise,
    ...rates,
    cell: cells.map(withoutDropout),
  };
  return { to: { className: "dropoutkit>VariationalRnn", config }, rates };
}

function withoutDropout(cell: Layer): Config {
  const config = { ...cell.getConfig(), dropout: 0, recurrentDropout: 0 };
  return { className: cell.getClassName(), config };
}
