import * as tf from "@tensorflow/tfjs";
import { Dropout } from "./layers/Dropout.js";

/**
 * Makes `tf.loadLayersModel` build this package's layers for the class names that tfjs owns:
 * `Dropout`. Models saved from then on carry this package's names, as they do without this call.
 * `tf.layers.dropout` still makes tfjs's own layer.
 */
export function registerAsDefault(): void {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  for (const [className, layer] of Object.entries({ Dropout })) {
    classNameMap[className] = [layer, layer.fromConfig];
  }
}
