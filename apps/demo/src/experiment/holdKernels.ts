import * as tf from "@tensorflow/tfjs";

/**
 * Shortens the weights into each unit of every dense layer but the last to `limit` where they are longer.
 * tfjs has such a constraint, and applies it to no layer while it trains.
 */
export function holdKernels(model: tf.Sequential, limit: number): void {
  const kernels = model.trainableWeights.filter(({ shape }) => shape.length === 2).slice(0, -1);
  for (const kernel of kernels) {
    tf.tidy(() => {
      const w = kernel.read();
      const length = tf.norm(w, "euclidean", 0, true);
      kernel.write(tf.mul(w, tf.div(limit, tf.maximum(length, limit))));
    });
  }
}
