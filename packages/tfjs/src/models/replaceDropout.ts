import { checkWord } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import type { SerializedLayer } from "../deserialize.js";
import { copyState } from "./copyState.js";
import { exchangeLayer } from "./exchangeLayer.js";

type Layer = tf.layers.Layer;
type Config = tf.serialization.ConfigDict;

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
 * predicts what the model predicts. Names, weights and what is frozen are kept; each model is disposed of
 * for itself. The copy is not compiled: an optimizer's state belongs to the weights of the model that it
 * trained. States of stateful layers start anew.
 *
 * A layer in a nested model or wrapper draws at the site `outer/inner`, and others at their name.
 * @throws {RangeError} If `seed` is no integer in [0, 2^32).
 * @throws {Error} If a layer's class is not registered, or a layer is in two models, which a config cannot say.
 */
export function replaceDropout(
  model: tf.LayersModel,
  { seed = 0 }: ReplaceDropoutOptions = {},
): ReplaceDropoutResult {
  checkWord("replaceDropout", "seed", seed);
  const replaced: ReplacedLayer[] = [];
  const kept: KeptLayer[] = [];
  const seen = new Map<Layer, string>();

  const rewrite = (layer: Layer, path: string): SerializedLayer => {
    const className = layer.getClassName();
    checkOnce(seen, layer, path);
    const site = path === layer.name ? null : { name: path };
    const exchange = exchangeLayer(layer, { seed, site, step: 0 });
    if (exchange !== undefined && "to" in exchange) {
      const { to, rates } = exchange;
      replaced.push({ layer: path, from: className, to: to.className, rates });
      return to;
    }
    if (exchange !== undefined) kept.push({ layer: path, className, reason: exchange.reason });
    classOf(className, path);
    const config = layer.getConfig();
    return { className, config: { ...config, ...within(layer, { path, config }) } };
  };

  /** What a config has of the layers in a layer, rewritten. */
  const within = (layer: Layer, { path, config }: { path: string; config: Config }): Config => {
    const inner = (one: Layer): SerializedLayer =>
      rewrite(one, path === "" ? one.name : `${path}/${one.name}`);
    if (layer instanceof tf.LayersModel) {
      const entries = config["layers"] as Config[];
      return { layers: entries.map((entry, i) => ({ ...entry, ...inner(layer.layers[i]) })) };
    }
    const wrapped: unknown = Reflect.get(layer, "layer");
    return wrapped instanceof tf.layers.Layer ? { layer: inner(wrapped) } : {};
  };

  const copy = buildModel(rewrite(model, ""));
  copyState(model, copy);
  const metadata = model.getUserDefinedMetadata();
  if (metadata) copy.setUserDefinedMetadata(metadata);
  return { model: copy, replaced, kept };
}

/** A layer in two models would become two layers, whose weights go different ways. */
function checkOnce(seen: Map<Layer, string>, layer: Layer, path: string): void {
  const before = seen.get(layer);
  if (before !== undefined) {
    throw new Error(
      `replaceDropout: a layer must be in one model only, got "${layer.name}" at ${before} and ${path}`,
    );
  }
  seen.set(layer, path);
}

type Class = tf.serialization.SerializableConstructor<tf.serialization.Serializable>;

/** Models take two parameters more than tfjs declares. */
type FromConfig = (
  cls: Class,
  config: Config,
  customObjects?: Config,
  fastWeightInit?: boolean,
) => tf.serialization.Serializable;

function classOf(className: string, path: string): [Class, FromConfig] {
  const found = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (found === undefined) {
    throw new Error(
      `replaceDropout: class must be registered with tf.serialization.registerClass, got ${className} of "${path}"`,
    );
  }
  return found;
}

function buildModel({ className, config }: SerializedLayer): tf.LayersModel {
  const [cls, fromConfig] = classOf(className, "");
  // All weights are written to: what an initializer would draw is not needed.
  const model = fromConfig(cls, config, {}, true);
  if (!(model instanceof tf.LayersModel)) {
    throw new TypeError(`replaceDropout: model must be a LayersModel, got ${className}`);
  }
  return model;
}
