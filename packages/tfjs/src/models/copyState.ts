import * as tf from "@tensorflow/tfjs";
import { innerLayers } from "./innerLayers.js";

type Layer = tf.layers.Layer;

/** Gives a layer another one's weights, and what of both is frozen. Values are shared, until either writes. */
export function copyState(from: Layer, to: Layer): void {
  copyFrozen(from, to);
  copyWeights(from, to);
}

/** First of all layers: the order of weights depends on it. */
function copyFrozen(from: Layer, to: Layer): void {
  if (to.trainable !== from.trainable) to.trainable = from.trainable;
  for (const [a, b] of pairs(from, to)) copyFrozen(a, b);
}

function copyWeights(from: Layer, to: Layer): void {
  if (from instanceof tf.LayersModel) {
    for (const [a, b] of pairs(from, to)) copyWeights(a, b);
    return;
  }
  const { weights } = from;
  to.weights.forEach((weight, i) => {
    // A layer's own way to write would apply the constraint.
    const variable = weight.read();
    if (variable instanceof tf.Variable) variable.assign(weights[i].read());
    weight.trainable = weights[i].trainable;
  });
}

/** The layers in two layers that stand for each other; models keep names, but maybe not the order. */
function pairs(from: Layer, to: Layer): (readonly [Layer, Layer])[] {
  const others = innerLayers(from);
  return innerLayers(to).map((inner, i) => {
    const named = to instanceof tf.LayersModel && others.find(({ name }) => name === inner.name);
    return [named || others[i], inner];
  });
}
