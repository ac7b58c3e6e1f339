import type { Part } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";

type Layer = tf.layers.Layer;

/** Noise of a layer of tfjs's own, as data. */
export interface TfjsNoise {
  /** Core's name for what it does. */
  readonly variant: string;
  readonly seed?: number;
  readonly parts: readonly Pick<Part, "at" | "field">[];
}

/** tfjs's own layers of dropout, and core's names for what they do. */
export const tfjsVariants: { readonly [className: string]: string } = {
  Dropout: "dropout",
  SpatialDropout1D: "spatialDropout",
  AlphaDropout: "alphaDropout",
  GaussianDropout: "gaussianDropout",
};

/** The noise of a layer or cell of tfjs's own; undefined where it has none. */
export function tfjsNoise(layer: Layer): TfjsNoise | undefined {
  const className = layer.getClassName();
  const variant = tfjsVariants[className];
  if (variant !== undefined) return activationNoise(variant, layer);
  if (className === "RNN") return undefined; // Its cells have it.
  const rates = cellRates(Reflect.get(layer, "cell") ?? layer);
  if (rates === undefined) return undefined;
  const [input, state] = rates;
  return {
    variant: "variationalDropout",
    parts: [
      { at: "input", field: { draw: "bernoulli", rate: input } },
      { at: "state", field: { draw: "bernoulli", rate: state } },
    ],
  };
}

function activationNoise(variant: string, layer: Layer): TfjsNoise {
  const own = (name: string): unknown => Reflect.get(layer, name) ?? undefined;
  const [rate, seed, noiseShape] = [own("rate"), own("seed"), own("noiseShape")];
  const field: Part["field"] = {
    draw: variant === "gaussianDropout" ? "normal" : "bernoulli",
    ...(typeof rate === "number" && { rate }),
    ...(variant === "spatialDropout" && { shared: [[1, 1]] }),
    ...(Array.isArray(noiseShape) && { noiseShape }),
  };
  return {
    variant,
    ...(typeof seed === "number" && { seed }),
    parts: [{ at: "activation", field }],
  };
}

/** Rates of what enters a recurrent cell and of its hidden state; undefined where it is no cell or drops neither. */
export function cellRates(cell: unknown): readonly [input: number, state: number] | undefined {
  if (!(cell instanceof tf.layers.RNNCell)) return undefined;
  const rate = (name: string): number => Number(Reflect.get(cell, name) ?? 0);
  const [input, state] = [rate("dropout"), rate("recurrentDropout")];
  return input > 0 || state > 0 ? [input, state] : undefined;
}
