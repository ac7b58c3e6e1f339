import * as tf from "@tensorflow/tfjs";
import { AlphaDropout } from "../layers/AlphaDropout.js";
import { Dropout } from "../layers/Dropout.js";
import { GaussianDropout } from "../layers/GaussianDropout.js";
import { SpatialDropout1D } from "../layers/SpatialDropout.js";

/**
 * Makes `tf.loadLayersModel` build this package's layers for the class names that tfjs owns:
 * `Dropout`, `AlphaDropout`, `GaussianDropout` and `SpatialDropout1D`. Models saved from then on carry this package's names, as they do without this call.
 * `tf.layers.dropout` still makes tfjs's own layer.
 */
export function registerAsDefault(): void {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const layers = { AlphaDropout, Dropout, GaussianDropout, SpatialDropout1D };
  for (const [className, layer] of Object.entries(layers)) {
    classNameMap[className] = [layer, layer.fromConfig];
  }
}
