import * as tf from "@tensorflow/tfjs";
import { kindOf, OF_ONE_COPY } from "../registry/oneCopy.js";

/**
 * Checks what a function over models is called with.
 * @throws {TypeError} If it is no model of layers: a graph model, a layer, a promise of a model.
 */
export function checkModel(owner: string, model: unknown): void {
  if (!(model instanceof tf.LayersModel)) {
    throw new TypeError(
      `${owner}: model must be a LayersModel ${OF_ONE_COPY}, got ${kindOf(model)}`,
    );
  }
}
