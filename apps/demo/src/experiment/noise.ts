import { alphaDropout, dropout, gaussianDropout, type Variant } from "@dropoutkit/core";
import { dropConnect, insertDropout, type OnnxModel } from "@dropoutkit/onnx";
import * as tfjs from "@dropoutkit/tfjs";
import type * as tf from "@tensorflow/tfjs";
import type { Activation, Network } from "./network.js";

/** The variants that the network is trained with. */
export type VariantName = "dropout" | "gaussian" | "alpha" | "dropconnect";

export const variantNames: readonly VariantName[] = ["dropout", "gaussian", "alpha", "dropconnect"];

/** The noise of a network. */
export interface Noise {
  readonly variant: VariantName;
  /** Drop probabilities in [0, 1], one for each hidden layer. */
  readonly rates: readonly number[];
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
  readonly step: number;
}

/** The number of a hidden layer, from 1, and the drop probability at it. */
interface LayerRate {
  readonly layer: number;
  readonly rate: number;
}

/** A variant in a network: its layers in tfjs, its transform in ONNX, and the activation that goes with it. */
interface NetworkVariant {
  readonly activation: Activation;
  /** The drop probability where none is asked for. */
  readonly rate: number;
  readonly layers: (hidden: HiddenLayer) => readonly tf.layers.Layer[];
  readonly transform: (model: OnnxModel, at: LayerRate) => OnnxModel;
}

/** Noise behind the activation of a layer, whose tensor has the name of the site. */
const behind =
  (variantOfRate: (options: { rate: number }) => Variant): NetworkVariant["transform"] =>
  (model, { layer, rate }) =>
    insertDropout(model, {
      variant: variantOfRate({ rate }),
      after: ({ name }) => name === `dropout${layer}`,
    });

const variants: Readonly<Record<VariantName, NetworkVariant>> = {
  dropout: {
    activation: "relu",
    rate: 0.5,
    layers: ({ dense, site: name, ...args }) => [dense, tfjs.dropout({ ...noiseArgs(args), name })],
    transform: behind(dropout),
  },
  gaussian: {
    activation: "relu",
    rate: 0.5,
    layers: ({ dense, site: name, ...args }) => [
      dense,
      tfjs.gaussianDropout({ ...noiseArgs(args), name }),
    ],
    transform: behind(gaussianDropout),
  },
  alpha: {
    activation: "selu",
    rate: 0.1,
    layers: ({ dense, site: name, ...args }) => [
      dense,
      tfjs.alphaDropout({ ...noiseArgs(args), name }),
    ],
    transform: behind(alphaDropout),
  },
  dropconnect: {
    activation: "relu",
    rate: 0.5,
    layers: ({ dense, name, inputs, ...args }) => [
      tfjs.dropConnect({
        ...noiseArgs(args),
        name,
        per: "batch",
        layer: dense,
        inputShape: [inputs],
      }),
    ],
    transform: (model, { layer, rate }) =>
      dropConnect(model, { rate, per: "batch", nodes: { name: `dense${layer}` } }),
  },
};

const noiseArgs = ({ rate, seed, step }: Pick<HiddenLayer, "rate" | "seed" | "step">) => ({
  rate,
  seed,
  step,
});

export const variantOf = (name: VariantName): NetworkVariant => variants[name];

/** `none`, `none, selu`, `0.5`, `alpha 0.2, input 0.1`. */
export function armLabel({
  network,
  noise,
}: {
  readonly network: Pick<Network, "activation">;
  readonly noise: Noise | undefined;
}): string {
  if (noise === undefined) return network.activation === "selu" ? "none, selu" : "none";
  const { variant, rates, inputRate } = noise;
  const different = new Set(rates).size > 1 ? rates : rates.slice(0, 1);
  const input = inputRate > 0 ? `, input ${inputRate}` : "";
  return `${variant === "dropout" ? "" : `${variant} `}${different.join("/")}${input}`;
}
