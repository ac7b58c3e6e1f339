import type * as tf from "@tensorflow/tfjs";
import { rewriteModel } from "./rewriteModel.js";
import { withoutNoise } from "./withoutNoise.js";

/**
 * Makes a copy of a model without its noise, as it is served: layers of this package and of tfjs that do nothing but
 * drop are taken out, wrappers such as `dropConnect` leave the layer in them, under the wrapper's name, and recurrent
 * layers their cells. So the copy is of tfjs's own classes, and loads where this package is not; `zoneoutRnn` alone stays,
 * since its states move by a mean at inference. It predicts what the model predicts, to the bit, unless the model draws at inference too: layers with `samples`, or ones that were called
 * with `training: true` when the model was made. Weights and what is frozen are kept; the copy is not compiled, and
 * each model is disposed of for itself. An output that was dropout has the name of the layer before it.
 * @throws {TypeError} If `model` is no `LayersModel`, such as a graph model.
 * @throws {Error} If a layer's class is not registered, or a layer with weights is in two nested models.
 */
export function stripDropout(model: tf.LayersModel): tf.LayersModel {
  return rewriteModel("stripDropout", model, withoutNoise);
}
