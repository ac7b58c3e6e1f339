import { checkRate } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { checkModel } from "./checkModel.js";
import { isNoisy } from "./isNoisy.js";
import { LayerGraph, type PlacedLayer } from "./LayerGraph.js";
import { tfjsVariants } from "./tfjsNoise.js";

/**
 * Drop probabilities in [0, 1]: one for all layers that drop, or by the layers' names, after those of the models and
 * wrappers around them (`outer/inner`); of a layer with several rates one for all of them, or by the names of its
 * properties, `{ lstm: { stateRate: 0.2 } }`.
 */
export type Rates = number | Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** A layer whose rates can be set, and how. */
interface Settable extends PlacedLayer {
  readonly rates: readonly string[];
  /** What has the rates: the layer, or its cell. */
  readonly holder: tf.layers.Layer;
}

/**
 * Gives layers of a model other rates, in place: of this package and of tfjs, in nested models, wrappers and recurrent
 * cells too. The next training step drops by them. Of layers with several rates, those that are 0 stay so under one
 * number for all: a layer draws where it drew.
 * @throws {TypeError} If `model` is no `LayersModel`, or a rate no number.
 * @throws {RangeError} If a rate is outside [0, 1]; no rate is set then.
 * @throws {Error} If the model has no such layer, or the layer no such rate.
 */
export function setRates(model: tf.LayersModel, rates: Rates): void {
  checkModel("setRates", model);
  const layers = new LayerGraph(model).layers.flatMap(settable);
  if (layers.length === 0) {
    throw new Error("setRates: model must have a layer whose rate can be set, got none");
  }
  const changes =
    typeof rates === "object" ? named(layers, rates) : layers.map((one) => [one, rates] as const);
  const settings = changes.flatMap(([one, given]) => settingsOf(one, given));
  for (const { holder, name, rate } of settings) Reflect.set(holder, name, rate);
}

interface Setting {
  readonly holder: tf.layers.Layer;
  readonly name: string;
  readonly rate: number;
}

function settable(placed: PlacedLayer): Settable[] {
  const { layer } = placed;
  if (isNoisy(layer)) {
    const rates = Object.keys(layer.rates);
    return rates.length > 0 ? [{ ...placed, rates, holder: layer }] : [];
  }
  if (layer.getClassName() in tfjsVariants) return [{ ...placed, rates: ["rate"], holder: layer }];
  // An LSTM's cell is its own; the cells of tf.layers.rnn stand for themselves.
  const cell: unknown =
    layer.getClassName() === "RNN" ? undefined : (Reflect.get(layer, "cell") ?? layer);
  if (!(cell instanceof tf.layers.RNNCell) || typeof Reflect.get(cell, "dropout") !== "number")
    return [];
  return [{ ...placed, rates: ["dropout", "recurrentDropout"], holder: cell }];
}

function named(
  layers: readonly Settable[],
  rates: Exclude<Rates, number>,
): (readonly [Settable, number | Readonly<Record<string, number>>])[] {
  return Object.entries(rates).map(([path, given]) => {
    const found = layers.find((one) => one.path === path);
    if (found) return [found, given];
    const known = layers.map((one) => one.path).join(", ");
    throw new Error(`setRates: layer must be one whose rate can be set (${known}), got ${path}`);
  });
}

function settingsOf(
  { holder, path, rates }: Settable,
  given: number | Readonly<Record<string, number>>,
): Setting[] {
  if (typeof given !== "object") {
    const rate = checkRate("setRates", given, `rate of ${path}`);
    const several = rates.length > 1;
    return rates
      .filter((name) => !(several && Reflect.get(holder, name) === 0))
      .map((name) => ({ holder, name, rate }));
  }
  return Object.entries(given).map(([name, rate]) => {
    if (!rates.includes(name)) {
      throw new Error(`setRates: rate of ${path} must be one of ${rates.join(", ")}, got ${name}`);
    }
    return { holder, name, rate: checkRate("setRates", rate, `${name} of ${path}`) };
  });
}
