import type { DrawnField } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";

/** A field that core has drawn, as a tensor: bool for Bernoulli draws, float32 for uniforms and normals. */
export function fieldTensor({ shape, data }: DrawnField): tf.Tensor {
  return tf.tensor(data, [...shape], data instanceof Uint8Array ? "bool" : "float32");
}
