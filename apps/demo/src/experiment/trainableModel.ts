import { nameBatch, type OnnxModel, upgradeOpset } from "@dropoutkit/onnx";
import { opsetOf, tensorInfoOf } from "@dropoutkit/onnx/graph";
import { imageInputs } from "./modelSignature.js";

/** The oldest operator set that has the loss. */
const OPSET = 12;

export interface TrainableModel {
  readonly model: OnnxModel;
  /** What people should know of it, each a sentence. */
  readonly notes: readonly string[];
}

/**
 * Somebody's model as it can be trained: of a later operator set, and for batches of any size, where it was not.
 * @throws {Error} If its operator set is older than version 7.
 */
export function trainableModel(model: OnnxModel): TrainableModel {
  const opset = opsetOf(model);
  const upgraded = opset < OPSET ? upgradeOpset(model, OPSET) : model;
  const notes =
    upgraded === model ? [] : [`It was of operator set ${opset}; here it is of ${OPSET}.`];
  const [input] = imageInputs(upgraded);
  const size = input && tensorInfoOf(input)?.dims[0];
  if (typeof size !== "number") return { model: upgraded, notes };
  const exported = `It was exported for batches of ${size}`;
  try {
    const named = nameBatch(upgraded, { inputs: [input.name] });
    return { model: named, notes: [...notes, `${exported}; here it takes batches of any size.`] };
  } catch {
    const note = `${exported}, which its own nodes need: it can be changed here, but not trained.`;
    return { model: upgraded, notes: [...notes, note] };
  }
}
