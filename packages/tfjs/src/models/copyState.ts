import * as tf from "@tensorflow/tfjs";
import { innerLayers } from "./innerLayers.js";

type Layer = tf.layers.Layer;

/** Gives a layer another one's weights, and what of it is frozen. Values are shared until either is trained. */
export function copyState(from: Layer, to: Layer): void {
  // Before the weights: their order depends on it.
  if (to.trainable !== from.trainable) to.trainable = from.trainable;
  const inner = innerLayers(from);
  const isModel = to instanceof tf.LayersModel;
  innerLayers(to).forEach((layer, i) => {
    const { name } = layer;
    const same = isModel ? inner.find((other) => other.name === name) : inner[i];
    if (same) copyState(same, layer);
  });
  if (isModel) return;
  const { weights } = from;
  to.weights.forEach((weight, i) => {
    // A weight's own way to be written to would apply its constraint.
    const variable = weight.read();
    if (variable instanceof tf.Variable) variable.assign(weights[i].read());
    weight.trainable = weights[i].trainable;
  });
}
