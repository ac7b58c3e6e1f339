import type { OnnxModel } from "../model/OnnxModel.js";
import { makeValueInfo } from "../model/valueInfo.js";

/** The input that noise in the graph is drawn from: uint32 `[seed, step]`. */
export const DROPOUT_KEY = "dropout.key";

/** Adds the input to a model that does not have it, in place. */
export function addKeyInput({ graph }: OnnxModel): void {
  if (graph.input.some(({ name }) => name === DROPOUT_KEY)) return;
  graph.input.push(makeValueInfo(DROPOUT_KEY, { type: "uint32", dims: [2] }));
}
