import {
  checkRate,
  drawMask,
  drawUniform,
  type Field,
  fieldShape,
  type NoiseKey,
  type Shape,
} from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";

export interface FieldOptions {
  readonly field: Field;
  /** Shape of the tensor that the field acts on. */
  readonly target: Shape;
  readonly key: NoiseKey;
}

/**
 * Draws a field as a tensor of core's `fieldShape`: bool for Bernoulli draws, float32 for uniforms.
 * @throws {TypeError} If core has no generator for the draw.
 * @throws {RangeError} If the field does not fit the target, or the key is out of range.
 */
export function drawField({ field, target, key }: FieldOptions): tf.Tensor {
  const shape = [...fieldShape(field, target)];
  switch (field.draw) {
    case "bernoulli": {
      const rate = checkRate("drawField", field.rate);
      return tf.tensor(drawMask({ ...key, shape, rate }), shape, "bool");
    }
    case "uniform":
      return tf.tensor(drawUniform({ ...key, shape }), shape, "float32");
    default:
      throw new TypeError(`drawField: draw must be bernoulli or uniform, got ${field.draw}`);
  }
}
