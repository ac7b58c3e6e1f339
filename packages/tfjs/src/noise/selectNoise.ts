import * as tf from "@tensorflow/tfjs";
import { currentDevice } from "../device/currentDevice.js";
import type { SelectTask } from "../device/Device.js";

/**
 * Selects over noise that is drawn where it is used, twice differentiable. The gradient draws the same
 * noise again: nothing is kept for it.
 */
export function selectNoise(x: tf.Tensor, task: SelectTask): tf.Tensor {
  return tf.customGrad((input) => ({
    value: currentDevice().select(input as tf.Tensor, task),
    gradFunc: (dy: tf.Tensor) => selectNoise(dy, { ...task, shift: -0, dropped: 0 }),
  }))(x);
}
