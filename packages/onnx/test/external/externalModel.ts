import { mkdtemp, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import { encodeModel, type OnnxModel } from "../../src/index.js";
import {
  DataLocation,
  StringStringEntryProtoSchema,
  type TensorProto,
} from "../../src/model/schema.js";

/** Makes a tensor's data external. */
function setExternal(tensor: TensorProto, entries: Readonly<Record<string, string>>): void {
  tensor.rawData = new Uint8Array();
  tensor.dataLocation = DataLocation.EXTERNAL;
  tensor.externalData = Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
}

/** `y = relu(x + w)`, with `w` of `size` floats in a file. */
export function externalModel(entries: Readonly<Record<string, string>>, size = 2): OnnxModel {
  const builder = new GraphBuilder();
  const w = makeTensor({ name: "w", type: "float32", dims: [size], data: new Float32Array() });
  setExternal(w, entries);
  builder.op("Relu", [builder.op("Add", ["x", builder.constant(w)])], {
    name: "hidden",
    outputs: ["y"],
  });
  const value = { type: "float32", dims: [size] } as const;
  return builder.model({
    name: "external",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 17,
  });
}

/** A new folder with `model.onnx`, and its weights `[1, -2]` in `w.bin` behind four other bytes. */
export async function modelFolder(
  model: OnnxModel = externalModel({ location: "w.bin", offset: "4", length: "8" }),
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dropoutkit-external-"));
  await writeFile(join(folder, "model.onnx"), encodeModel(model));
  await writeFile(join(folder, "w.bin"), new Uint8Array(Float32Array.of(9, 1, -2).buffer));
  return folder;
}

/** A file of a size that takes no room on the disk. */
export async function sparseFile(path: string, size: number): Promise<void> {
  await writeFile(path, "");
  await truncate(path, size);
}
