import {
  alphaDropout,
  dropBlock2d,
  dropConnect,
  dropout,
  gaussianDropout,
  spatialDropout2d,
  variationalRnn,
  zoneoutRnn,
} from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import type { DensePlan, LayerPlan, LstmPlan, NoiseVariant } from "./LayerPlan.js";
import { BLOCK } from "./noiseVariants.js";

interface NoiseArgs {
  readonly name: string;
  readonly rate: number;
  readonly seed: number;
}

const noiseLayers: Readonly<Record<NoiseVariant, (args: NoiseArgs) => tf.layers.Layer>> = {
  dropout,
  gaussian: gaussianDropout,
  alpha: alphaDropout,
  spatial: spatialDropout2d,
  dropBlock: (args) => dropBlock2d({ ...args, blockSize: BLOCK }),
};

/** A plan's layers in tfjs. */
export function tfjsLayers(plan: readonly LayerPlan[], seed: number): tf.layers.Layer[] {
  return plan.map((layer) => layerOf(layer, seed));
}

function layerOf(plan: LayerPlan, seed: number): tf.layers.Layer {
  switch (plan.kind) {
    case "reshape":
      return tf.layers.reshape({ targetShape: [...plan.shape] });
    case "pool":
      return tf.layers.maxPooling2d({ poolSize: 2 });
    case "noise":
      return noiseLayers[plan.variant]({ name: plan.site, rate: plan.rate, seed });
    case "convolution":
      return tf.layers.conv2d({
        name: plan.name,
        filters: plan.filters,
        kernelSize: 3,
        activation: "relu",
        weights: [
          tf.tensor4d(plan.kernel, [3, 3, plan.channels, plan.filters]),
          tf.tensor1d(plan.bias),
        ],
      });
    case "dense":
      return denseLayer(plan, seed);
    case "lstm":
      return lstmLayer(plan, seed);
  }
}

function denseLayer(
  { name, inputs, units, activation, kernel, bias, connect }: DensePlan,
  seed: number,
): tf.layers.Layer {
  const weights = [tf.tensor2d(kernel, [inputs, units]), tf.tensor1d(bias)];
  if (connect === undefined) return tf.layers.dense({ name, units, activation, weights });
  const layer = tf.layers.dense({ name: `${name}_weights`, units, activation, weights });
  return dropConnect({ layer, name, rate: connect.rate, per: "batch", seed });
}

function lstmLayer(
  { name, features, units, kernel, recurrentKernel, bias, noise }: LstmPlan,
  seed: number,
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
  const args = { name, cell, weights, seed };
  switch (noise?.variant) {
    case "variational":
      return variationalRnn({ ...args, ...ratesOf(noise) });
    case "zoneout":
      return zoneoutRnn({ ...args, ...ratesOf(noise) });
    default:
      return tf.layers.rnn({ name, cell, weights });
  }
}

const ratesOf = <T extends { readonly variant: string }>({ variant: _, ...rates }: T) => rates;
