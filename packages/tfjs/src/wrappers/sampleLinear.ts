import type { Part } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { applyPart } from "../noise/applyPart.js";
import type { LayerKey } from "../noise/NoiseSource.js";
import type { Value } from "../noise/Value.js";
import type { NoisyLayer } from "./noisyLayer.js";
import { readable, withWeights } from "./withWeights.js";

/** A layer of one kernel, what it is fed, and where the noise of its pre-activation comes from. */
export interface SampleLinearOptions {
  readonly layer: tf.layers.Layer;
  readonly noisy: NoisyLayer;
  readonly x: tf.Tensor;
  readonly key: LayerKey;
}

interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
}

/**
 * A layer's output at inference under a part at `linear` that draws samples of the pre-activation: the
 * mean over the samples, taken after the activation; of the output's shape.
 */
export function sampleLinear(part: Part, options: SampleLinearOptions): tf.Tensor {
  const { layer, noisy, x, key } = options;
  const w = noisy.read(noisy.weights.kernel ?? "");
  const b = biasOf(options);
  const linear = (input: Value, kernel: Value): tf.Tensor => linearCall(options, input, kernel);
  const target = layer.computeOutputShape(x.shape).flat().map(Number);
  const leaves = { w, b };
  const samples = applyPart(part, { x, leaves, linear, training: false, key, target });
  const activation: Activation | null = Reflect.get(layer, "activation");
  const biased = tf.add(samples, b);
  return tf.mean(activation ? activation.apply(biased) : biased, 0);
}

/** The bias as it broadcasts to the output, or 0. */
function biasOf({ layer, noisy, x }: SampleLinearOptions): Value {
  const bias = noisy.read(noisy.weights.bias ?? "");
  if (bias === undefined) return 0;
  const isFirst = Reflect.get(layer, "dataFormat") === "channelsFirst";
  return isFirst ? tf.reshape(bias, [bias.size, ...new Array(x.rank - 2).fill(1)]) : bias;
}

/** The layer's own operation with another kernel, without bias and activation. */
function linearCall({ layer, noisy }: SampleLinearOptions, x: Value, w: Value): tf.Tensor {
  const values = {
    [noisy.weights.kernel ?? ""]: readable(asTensor(w)),
    bias: null,
    useBias: false,
    activation: Reflect.get(tf.layers.activation({ activation: "linear" }), "activation"),
  };
  const [y] = withWeights(noisy.owner, values, () => [layer.call(asTensor(x), {})].flat());
  return y;
}

const asTensor = (value: Value): tf.Tensor =>
  typeof value === "number" ? tf.scalar(value) : value;
