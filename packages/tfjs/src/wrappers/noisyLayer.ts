import type { Place } from "@dropoutkit/core/adapter";
import type * as tf from "@tensorflow/tfjs";
import type { Readable } from "./withWeights.js";

/** Where a layer of tfjs has the weights that variants speak of. */
export interface NoisyLayer {
  /** What the weights are properties of: the layer, or its recurrent cell. */
  readonly owner: object;
  /** The property at each place. */
  readonly weights: { readonly [P in Place]?: string };
  /** A weight's value; undefined where the layer has none, such as no bias. */
  read(property: string): tf.Tensor | undefined;
}

/** Layers of one kernel, and where it is. */
const kernels: { readonly [className: string]: string } = {
  Dense: "kernel",
  Conv1D: "kernel",
  Conv2D: "kernel",
  Conv3D: "kernel",
  Conv2DTranspose: "kernel",
  Conv3DTranspose: "kernel",
  DepthwiseConv2D: "depthwiseKernel",
};

/**
 * Finds a layer's weights.
 * @throws {TypeError} If it has no kernel, or more than one.
 */
export function noisyLayer(owner: string, layer: tf.layers.Layer): NoisyLayer {
  const cell: unknown = Reflect.get(layer, "cell");
  const kernel = kernels[layer.getClassName()];
  if (kernel !== undefined) return at(layer, { kernel, bias: "bias" });
  const isRecurrent = ["LSTM", "GRU", "SimpleRNN"].includes(layer.getClassName());
  if (isRecurrent && cell instanceof Object)
    return at(cell, { recurrentKernel: "recurrentKernel" });
  throw new TypeError(
    `${owner}: layer must be one of ${Object.keys(kernels).join(", ")}, LSTM, GRU or SimpleRNN, got ${layer.getClassName()}`,
  );
}

function at(owner: object, weights: NoisyLayer["weights"]): NoisyLayer {
  const read = (property: string): tf.Tensor | undefined => {
    const weight: Readable | null | undefined = Reflect.get(owner, property);
    return weight?.read();
  };
  return { owner, weights, read };
}
