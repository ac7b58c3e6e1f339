import { checkWord } from "@dropoutkit/core/adapter";
import type * as tf from "@tensorflow/tfjs";
import { exchangeLayer } from "./exchangeLayer.js";
import { rewriteModel } from "./rewriteModel.js";

/** Options of `replaceDropout`. */
export interface ReplaceDropoutOptions {
  /** Seed of all layers that come in, an integer in [0, 2^32). Default 0. */
  readonly seed?: number;
}

/** A layer that was exchanged. */
export interface ReplacedLayer {
  /** Its name, after those of the models and wrappers around it: `outer/inner`. */
  readonly layer: string;
  /** Class of the layer that was there. */
  readonly from: string;
  /** Class of the layer that is there now. */
  readonly to: string;
  /** Its rates, by the options of the new layer: `rate`, or `inputRate` and `stateRate`. */
  readonly rates: Readonly<Record<string, number>>;
}

/** A layer of tfjs's own with dropout that stayed, and why. */
export interface KeptLayer {
  readonly layer: string;
  readonly className: string;
  /** Half a sentence: `its cells have different rates, …`. */
  readonly reason: string;
}

/** What `replaceDropout` returns. */
export interface ReplaceDropoutResult {
  /** A new model, not compiled. */
  readonly model: tf.LayersModel;
  readonly replaced: readonly ReplacedLayer[];
  readonly kept: readonly KeptLayer[];
}

/**
 * Makes a copy of a model with this package's layers in the place of tfjs's own dropout: `Dropout`,
 * `AlphaDropout`, `GaussianDropout`, `SpatialDropout1D`, and `variationalRnn` for an LSTM, GRU, SimpleRNN or
 * `tf.layers.rnn` whose cells drop; in nested models, `TimeDistributed` and `Bidirectional` too. It
 * predicts what the model predicts, but that a `training: true` of the graph, which tfjs forgets, holds. Names, weights and what is frozen are kept; each model is disposed of
 * for itself. The copy is not compiled: an optimizer's state belongs to the weights of the model that it
 * trained. States of stateful layers start anew.
 *
 * A layer in a nested model or wrapper draws at the site `outer/inner`, and others at their name.
 * @throws {TypeError} If `model` is no `LayersModel`, such as a graph model.
 * @throws {RangeError} If `seed` is no integer in [0, 2^32).
 * @throws {Error} If a layer's class is not registered, or a layer with weights is in two nested models: no
 * config says that, so it would become two.
 */
export function replaceDropout(
  model: tf.LayersModel,
  { seed = 0 }: ReplaceDropoutOptions = {},
): ReplaceDropoutResult {
  checkWord("replaceDropout", "seed", seed);
  const replaced: ReplacedLayer[] = [];
  const kept: KeptLayer[] = [];
  const copy = rewriteModel("replaceDropout", model, (layer, path) => {
    const className = layer.getClassName();
    const site = path === layer.name ? null : { name: path };
    const exchange = exchangeLayer(layer, { seed, site, step: 0 });
    if (exchange?.to) {
      const { to, rates } = exchange;
      replaced.push({ layer: path, from: className, to: to.className, rates });
      return to;
    }
    if (exchange) kept.push({ layer: path, className, reason: exchange.reason });
    return undefined;
  });
  return { model: copy, replaced, kept };
}
