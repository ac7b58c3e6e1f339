import {
  alphaDropout,
  concreteDropout,
  dropBlock2d,
  dropConnect,
  dropout,
  gaussianDropout,
  spatialDropout2d,
  variationalRnn,
  zoneoutRnn,
} from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import type { ConvolutionPlan, DensePlan, LayerPlan, LstmPlan, NoiseVariant } from "./LayerPlan.js";
import { BLOCK, concreteOptions } from "./noiseVariants.js";

/** Where the noise of all layers comes from. */
export interface NoiseKey {
  readonly seed: number;
  /** Steps that were taken before. */
  readonly step: number;
}

interface NoiseArgs extends NoiseKey {
  readonly name: string;
  readonly rate: number;
}

const noiseLayers: Readonly<Record<NoiseVariant, (args: NoiseArgs) => tf.layers.Layer>> = {
  dropout,
  "gaussian-dropout": gaussianDropout,
  "alpha-dropout": alphaDropout,
  "spatial-dropout": spatialDropout2d,
  "drop-block": (args) => dropBlock2d({ ...args, blockSize: BLOCK }),
};

/** A plan's layers in tfjs. */
export function tfjsLayers(plan: readonly LayerPlan[], key: NoiseKey): tf.layers.Layer[] {
  return plan.map((layer) => layerOf(layer, key));
}

function layerOf(plan: LayerPlan, key: NoiseKey): tf.layers.Layer {
  switch (plan.kind) {
    case "reshape":
      return tf.layers.reshape({ targetShape: [...plan.shape] });
    case "pool":
      return tf.layers.maxPooling2d({ poolSize: 2 });
    case "noise":
      return noiseLayers[plan.variant]({ name: plan.site, rate: plan.rate, ...key });
    case "convolution":
      return convolutionLayer(plan);
    case "dense":
      return denseLayer(plan, key);
    case "lstm":
      return lstmLayer(plan, key);
  }
}

function convolutionLayer({ name, channels, filters, kernel, bias }: ConvolutionPlan) {
  const weights = [tf.tensor4d(kernel, [3, 3, channels, filters]), tf.tensor1d(bias)];
  return tf.layers.conv2d({ name, filters, kernelSize: 3, activation: "relu", weights });
}

function denseLayer(
  { name, inputs, units, activation, kernel, bias, connect, concrete }: DensePlan,
  key: NoiseKey,
): tf.layers.Layer {
  const weights = [tf.tensor2d(kernel, [inputs, units]), tf.tensor1d(bias)];
  const args = { units, activation, weights };
  if (connect) {
    const layer = tf.layers.dense({ ...args, name: `${name}_weights` });
    return dropConnect({ layer, name, rate: connect.rate, per: "batch", ...key });
  }
  if (concrete) {
    const layer = tf.layers.dense({ ...args, name });
    return concreteDropout({ layer, name: concrete.site, ...concreteOptions(concrete), ...key });
  }
  return tf.layers.dense({ ...args, name });
}

function lstmLayer(
  { name, features, units, kernel, recurrentKernel, bias, noise }: LstmPlan,
  key: NoiseKey,
): tf.layers.Layer {
  // Start values are given: the default initializer would orthogonalise a matrix for nothing.
  const cell = tf.layers.lstmCell({
    units,
    recurrentActivation: "sigmoid",
    recurrentInitializer: "zeros",
  });
  const weights = [
    tf.tensor2d(kernel, [features, 4 * units]),
    tf.tensor2d(recurrentKernel, [units, 4 * units]),
    tf.tensor1d(bias),
  ];
  const args = { name, cell, weights, ...key };
  switch (noise?.variant) {
    case "variational-dropout":
      return variationalRnn({ ...args, ...ratesOf(noise) });
    case "zoneout":
      return zoneoutRnn({ ...args, ...ratesOf(noise) });
    default:
      return tf.layers.rnn({ name, cell, weights });
  }
}

const ratesOf = <T extends { readonly variant: string }>({ variant: _, ...rates }: T) => rates;
