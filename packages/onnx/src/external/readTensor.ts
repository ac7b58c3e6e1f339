import { open } from "node:fs/promises";
import { copyMessage } from "../model/copyModel.js";
import { DataLocation, type TensorProto } from "../model/schema.js";
import { tensorFile } from "./tensorFiles.js";

/**
 * A tensor of a model's file with its data in it, for `tensorData`; one that has it already is returned as
 * it is.
 * @param modelPath The file that the tensor's model was read from.
 * @throws {Error} If external data is not in the model's folder, or not there.
 */
export async function readTensor(tensor: TensorProto, modelPath: string): Promise<TensorProto> {
  if (tensor.dataLocation !== DataLocation.EXTERNAL) return tensor;
  const { path, offset, length } = await tensorFile("readTensor", tensor, modelPath);
  const rawData = new Uint8Array(length);
  const file = await open(path);
  try {
    for (let at = 0; at < length; ) {
      const { bytesRead } = await file.read(rawData, at, length - at, offset + at);
      if (bytesRead === 0) {
        throw new Error(`readTensor: ${path} must stay as it is while it is read, got its end`);
      }
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  return copyMessage(tensor, { rawData, dataLocation: DataLocation.DEFAULT, externalData: [] });
}
