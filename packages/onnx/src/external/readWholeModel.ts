import type { OnnxModel } from "../model/OnnxModel.js";
import type { TensorProto } from "../model/schema.js";
import { externalTensors } from "./externalData.js";
import { readModel } from "./readModel.js";
import { readTensor } from "./readTensor.js";
import { replaceTensors } from "./replaceTensors.js";

/**
 * Reads a model from a file with all its external data, as a training needs it.
 * @throws {Error} As `readModel`.
 */
export async function readWholeModel(path: string): Promise<OnnxModel> {
  const model = await readModel(path);
  const read = new Map<TensorProto, TensorProto>();
  for (const tensor of externalTensors(model)) read.set(tensor, await readTensor(tensor, path));
  return replaceTensors(model, read);
}
