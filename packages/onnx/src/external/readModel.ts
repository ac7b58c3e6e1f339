import { readFile } from "node:fs/promises";
import { decodeModel } from "../model/decodeModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { tensorFiles } from "./tensorFiles.js";

/**
 * Reads a model from a file. Of external data the references are checked, and nothing is read:
 * transforms do without, `readTensor` reads one tensor's, and runtimes read it themselves.
 * @throws {Error} If the file is no model, or external data is not in the model's folder, or not there.
 */
export async function readModel(path: string): Promise<OnnxModel> {
  const model = decodeModel(await bytesOf(path));
  await tensorFiles("readModel", model, path);
  return model;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Error(`readModel: path must be a file that can be read, got ${path}`, { cause });
  }
}
