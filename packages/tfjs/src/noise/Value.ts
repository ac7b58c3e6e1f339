import type * as tf from "@tensorflow/tfjs";

/** What an expression computes with: tensors, and numbers that are known on the host. */
export type Value = tf.Tensor | number;
