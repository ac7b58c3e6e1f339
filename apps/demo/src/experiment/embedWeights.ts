import { externalDataOf, externalTensors, type OnnxModel } from "@dropoutkit/onnx";

/**
 * Puts the weights of other files into a model, as PyTorch's exporter writes them beside it.
 * @param read Gives the bytes of a file in the model's folder.
 * @throws {Error} If a file is shorter than the model says.
 */
export async function embedWeights(
  model: OnnxModel,
  read: (location: string) => Promise<Uint8Array>,
): Promise<void> {
  const files = new Map<string, Uint8Array>();
  for (const tensor of externalTensors(model)) {
    const { location, offset, length } = externalDataOf(tensor);
    const bytes = files.get(location) ?? (await read(location));
    files.set(location, bytes);
    const end = length === undefined ? bytes.length : offset + length;
    if (end > bytes.length) {
      throw new Error(`demo: ${location} must have at least ${end} bytes, got ${bytes.length}`);
    }
    Object.assign(tensor, { rawData: bytes.slice(offset, end), externalData: [], dataLocation: 0 });
  }
}
