import * as tf from "@tensorflow/tfjs";

/** What a message says of a value that may come from a second copy of tfjs, whose classes are other classes. */
export const OF_ONE_COPY =
  "of the tfjs that this package imports (npm ls @tensorflow/tfjs must show one copy)";

/**
 * Checks what a layer is called with.
 * @throws {TypeError} If an input is no tensor: the symbol of another copy's model is none.
 */
export function checkTensors(owner: string, inputs: tf.Tensor | tf.Tensor[]): void {
  for (const input of [inputs].flat()) {
    if (!(input instanceof tf.Tensor)) {
      throw new TypeError(`${owner}: input must be a tensor ${OF_ONE_COPY}, got ${kindOf(input)}`);
    }
  }
}

/** The class of a value, for messages. */
export function kindOf(value: unknown): string {
  return value instanceof Object ? value.constructor.name : String(value);
}
