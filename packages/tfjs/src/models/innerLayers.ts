import * as tf from "@tensorflow/tfjs";

type Layer = tf.layers.Layer;

/**
 * The layers that a layer is made of: those of a model, what a wrapper holds (of `Bidirectional` the two
 * that run, and not the one that it was given), the cells of `tf.layers.rnn`. An LSTM has none: its cell
 * is its own.
 */
export function innerLayers(layer: Layer): readonly Layer[] {
  if (layer instanceof tf.LayersModel) return layer.layers;
  const held = (...names: readonly string[]): readonly Layer[] =>
    names
      .flatMap((name): unknown => Reflect.get(layer, name))
      .filter((inner) => inner instanceof tf.layers.Layer);
  if (layer.getClassName() === "RNN") return held("cell");
  if (layer instanceof tf.layers.RNNCell) return held("cells");
  const directions = held("forwardLayer", "backwardLayer");
  return directions.length > 0 ? directions : held("layer");
}
