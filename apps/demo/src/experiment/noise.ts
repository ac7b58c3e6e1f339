import { alphaDropout, dropout, gaussianDropout } from "@dropoutkit/core";
import { dropConnect, insertDropout, type OnnxModel } from "@dropoutkit/onnx";
import * as tfjs from "@dropoutkit/tfjs";
import type * as tf from "@tensorflow/tfjs";
import type { Activation } from "./network.js";

/** The variants that the network is trained with. */
export type VariantName = "dropout" | "gaussian" | "alpha" | "dropconnect";

export const variantNames: readonly VariantName[] = ["dropout", "gaussian", "alpha", "dropconnect"];

/** The noise of a network. */
export interface Noise {
  readonly variant: VariantName;
  /** Drop probability at each hidden layer, in [0, 1]. */
  readonly rate: number;
  /** The same of the images' pixels; 0 for none. */
  readonly inputRate: number;
}

/** A hidden layer of a tfjs model that gets noise. */
interface HiddenLayer {
  readonly dense: tf.layers.Layer;
  readonly inputs: number;
  /** The names of the layer's own noise, and of noise behind it. */
  readonly name: string;
  readonly site: string;
  readonly rate: number;
  readonly seed: number;
}

/** A variant in a network: its layers in tfjs, its transform in ONNX, and the activation that goes with it. */
interface NetworkVariant {
  readonly activation: Activation;
  readonly layers: (hidden: HiddenLayer) => readonly tf.layers.Layer[];
  readonly transform: (model: OnnxModel, rate: number) => OnnxModel;
}

const variants: Readonly<Record<VariantName, NetworkVariant>> = {
  dropout: {
    activation: "relu",
    layers: ({ dense, site, rate, seed }) => [dense, tfjs.dropout({ name: site, rate, seed })],
    transform: (model, rate) => insertDropout(model, { variant: dropout({ rate }), after: RELU }),
  },
  gaussian: {
    activation: "relu",
    layers: ({ dense, site, rate, seed }) => [
      dense,
      tfjs.gaussianDropout({ name: site, rate, seed }),
    ],
    transform: (model, rate) =>
      insertDropout(model, { variant: gaussianDropout({ rate }), after: RELU }),
  },
  alpha: {
    activation: "selu",
    layers: ({ dense, site, rate, seed }) => [dense, tfjs.alphaDropout({ name: site, rate, seed })],
    transform: (model, rate) =>
      insertDropout(model, { variant: alphaDropout({ rate }), after: { opType: "Selu" } }),
  },
  dropconnect: {
    activation: "relu",
    layers: ({ dense, name, rate, seed, inputs }) => [
      tfjs.dropConnect({ name, rate, seed, per: "batch", layer: dense, inputShape: [inputs] }),
    ],
    transform: (model, rate) =>
      dropConnect(model, { rate, per: "batch", nodes: { name: ["dense1", "dense2"] } }),
  },
};

const RELU = { opType: "Relu" };

export const variantOf = (name: VariantName): NetworkVariant => variants[name];

/** `none`, `0.5`, `alpha 0.2, input 0.1`. */
export function noiseLabel(noise: Noise | undefined): string {
  if (noise === undefined) return "none";
  const { variant, rate, inputRate } = noise;
  const input = inputRate > 0 ? `, input ${inputRate}` : "";
  return `${variant === "dropout" ? "" : `${variant} `}${rate}${input}`;
}
