import {
  alphaDropout,
  dropout,
  gaussianDropout,
  spatialDropout,
  type Variant,
  variationalDropout,
} from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import type { Noisy } from "../noise/Noisy.js";

/** Properties of tfjs's own layers of dropout, which it does not declare. */
interface Own {
  readonly rate: number;
  readonly noiseShape?: number[] | null;
  readonly seed?: number | null;
}

type Options = { readonly rate: number; readonly noiseShape?: number[] };

/** tfjs's own layers of dropout, and what they do. */
export const tfjsVariants: { readonly [className: string]: (options: Options) => Variant } = {
  Dropout: dropout,
  SpatialDropout1D: ({ rate }) => spatialDropout({ rate, channels: "last" }),
  AlphaDropout: alphaDropout,
  GaussianDropout: gaussianDropout,
};

/** What a layer or cell of tfjs's own does with noise; undefined where it has none. */
export function tfjsNoise(
  layer: tf.layers.Layer,
): (Pick<Noisy, "variant"> & Partial<Noisy>) | undefined {
  const className = layer.getClassName();
  const variantOf = tfjsVariants[className];
  if (variantOf !== undefined) {
    const { rate, noiseShape, seed } = layer as tf.layers.Layer & Own;
    // tfjs takes rates outside [0, 1] too: what it was given is put in afterwards.
    const { name, parts } = variantOf({ rate: 0, ...(noiseShape && { noiseShape }) });
    const rated = parts.map((part) => ({ ...part, field: { ...part.field, rate } }));
    return { variant: { name, parts: rated }, ...(typeof seed === "number" && { seed }) };
  }
  // The cells of tf.layers.rnn stand for themselves.
  const rates = className === "RNN" ? undefined : cellRates(Reflect.get(layer, "cell") ?? layer);
  return rates && { variant: variationalDropout({ ...rates, outputRate: 0 }) };
}

/** Rates of a recurrent cell of tfjs's own; undefined where it is none or drops nothing. */
export function cellRates(cell: unknown): { inputRate: number; stateRate: number } | undefined {
  if (!(cell instanceof tf.layers.RNNCell)) return undefined;
  const rate = (name: string): number => Number(Reflect.get(cell, name) ?? 0);
  const rates = { inputRate: rate("dropout"), stateRate: rate("recurrentDropout") };
  return rates.inputRate > 0 || rates.stateRate > 0 ? rates : undefined;
}
