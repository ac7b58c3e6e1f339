import { copyMessage } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { DataLocation, type TensorProto } from "../model/schema.js";
import { externalDataOf, externalTensors } from "./externalData.js";
import { replaceTensors } from "./replaceTensors.js";

/**
 * A model with its external data in it, as a training needs it. `model` is not changed.
 * @param read Gives the bytes of a file in the model's folder; it is asked once for each.
 * @throws {Error} If a location leaves the folder, or a file is shorter than the model says.
 */
export async function embedWeights(
  model: ModelLike,
  read: (location: string) => Promise<Uint8Array>,
): Promise<OnnxModel> {
  const whole = modelOf("embedWeights", model);
  const files = new Map<string, Uint8Array>();
  const embedded = new Map<TensorProto, TensorProto>();
  for (const tensor of externalTensors(whole)) {
    const { location, offset, length } = externalDataOf(tensor);
    const bytes = files.get(location) ?? (await read(location));
    files.set(location, bytes);
    const end = length === undefined ? bytes.length : offset + length;
    if (end > bytes.length) {
      throw new Error(
        `embedWeights: ${location} must have at least ${end} bytes, got ${bytes.length}`,
      );
    }
    embedded.set(
      tensor,
      copyMessage(tensor, {
        // A copy of its own, so that a large file is not kept for one tensor of it.
        rawData: bytes.slice(offset, end),
        externalData: [],
        dataLocation: DataLocation.DEFAULT,
      }),
    );
  }
  return replaceTensors(whole, embedded);
}
