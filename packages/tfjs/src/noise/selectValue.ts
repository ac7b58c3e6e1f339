import * as tf from "@tensorflow/tfjs";
import type { Value } from "./Value.js";

/**
 * Picks `kept` where the field is true and `dropped` elsewhere; the three broadcast to each other.
 *
 * The gradient picks too: tfjs's own gradient of `where` multiplies by the mask, so that a NaN or Inf
 * that arrives at an entry that was not picked stays. All that is kept for it is the mask.
 */
export function selectValue(field: Value, kept: Value, dropped: Value): tf.Tensor {
  const tensors = [kept, dropped].filter((value) => typeof value !== "number");
  const operation = tf.customGrad((...args) => {
    const mask = tf.cast(field, "bool");
    const save = args.at(-1) as tf.GradSaveFunc;
    save([mask]);
    const shape = [mask, ...tensors]
      .map((tensor) => tensor.shape)
      .reduce((a, b) => tf.broadcast_util.assertAndGetBroadcastShape(a, b));
    // `where` would broadcast a number by tiling, at ten times the price; and on WebGL it knows four axes.
    const [first, second] = [kept, dropped].map((value) =>
      typeof value === "number" ? tf.fill(shape, value) : value,
    );
    const flat = (value: tf.Tensor): tf.Tensor => tf.reshape(tf.broadcastTo(value, shape), [-1]);
    return {
      value: tf.reshape(tf.where(flat(mask), flat(first), flat(second)), shape),
      gradFunc: (dy, [saved]) =>
        [kept, dropped].flatMap((value, i) => {
          if (typeof value === "number") return [];
          const picked = i === 0 ? selectValue(saved, dy, 0) : selectValue(saved, 0, dy);
          return [sumTo(picked, value.shape)];
        }),
    };
  });
  return operation(...tensors);
}

/** The gradient of broadcasting from `shape`. */
function sumTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return axes.length === 0 ? gradient : tf.reshape(tf.sum(gradient, axes), shape);
}
