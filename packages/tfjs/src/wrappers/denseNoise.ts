import { type DenseOptions, denseBackward, denseForward } from "@dropoutkit/core";
import type { Part } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";

/** Tensors of a dense layer: x `[batch, inputs]`, kernel `[inputs, units]`, bias `[units]`. */
export interface DenseTensors {
  readonly x: tf.Tensor;
  readonly kernel: tf.Tensor;
  readonly bias: tf.Tensor | undefined;
}

/**
 * A dense layer whose weights have a mask for each example, before its activation: `[batch, units]`. Masks
 * are drawn as they are used, again in the gradient, and never held.
 */
export function denseNoise(
  parts: readonly Part[],
  { x, kernel, bias }: DenseTensors,
  key: Pick<DenseOptions, "seed" | "site" | "step">,
): tf.Tensor {
  const [batch, inputs] = x.shape as [number, number];
  const [, units] = kernel.shape as [number, number];
  const options = { ...key, batch, inputs, units };
  const floats = (tensor: tf.Tensor): Float32Array => tensor.dataSync<"float32">();
  const arrays = (all: tf.Tensor[]) => ({
    x: floats(all[0]),
    kernel: floats(all[1]),
    ...(all[2] && { bias: floats(all[2]) }),
  });
  const operation = tf.customGrad((...args) => {
    const tensors = args.slice(0, -1) as tf.Tensor[];
    const save = args.at(-1) as tf.GradSaveFunc;
    save(tensors);
    const y = denseForward(parts, arrays(tensors), options);
    return {
      value: tf.tensor(y, [batch, units]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const gradients = denseBackward(parts, { ...arrays(saved), dy: floats(dy) }, options);
        const { dx, dkernel, dbias } = gradients;
        return [dx, dkernel, ...(dbias ? [dbias] : [])].map((values, i) =>
          tf.tensor(values, saved[i].shape),
        );
      },
    };
  });
  return operation(...[x, kernel, ...(bias ? [bias] : [])]);
}
