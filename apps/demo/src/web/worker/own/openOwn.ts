import type { OwnModel } from "./OwnModel.js";

/**
 * Reads a model of digits: an .onnx file or a model.json, and its files of weights.
 * @throws {Error} If the files are no such model.
 */
export async function openOwn(files: readonly File[]): Promise<OwnModel> {
  if (files.some(({ name }) => name.endsWith(".onnx"))) {
    const { OnnxOwn } = await import("./OnnxOwn.js");
    return OnnxOwn.open(files);
  }
  if (!files.some(({ name }) => name.endsWith(".json"))) {
    const names = files.map(({ name }) => name).join(", ");
    throw new Error(
      `demo: files must be an .onnx, a model.json with its weights, a checkpoint, or four of MNIST, got ${names}`,
    );
  }
  const { TfjsOwn } = await import("./TfjsOwn.js");
  return TfjsOwn.open(files);
}
