import {
  decodeModel,
  encodeModel,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  type OnnxModel,
  setMetadata,
  tensorData,
} from "@dropoutkit/onnx";
import { describe, expect, test } from "vitest";
import { embedWeights } from "../../src/experiment/embedWeights.js";

/** `y = x + a + b`, whose weights `[2]` are in files, as the entries say. */
function externalModel(...entries: readonly Readonly<Record<string, string>>[]): OnnxModel {
  const builder = new GraphBuilder();
  const value = { type: "float32", dims: [2] } as const;
  const names = entries.map((external, i) => {
    const tensor = makeTensor({ name: `w${i}`, ...value, data: new Float32Array() });
    const holder = builder.model({ opset: 17, name: "", inputs: [], outputs: [] });
    for (const [key, text] of Object.entries(external)) setMetadata(holder, key, text);
    // Entries of a key and a value, as metadata are.
    Object.assign(tensor, { externalData: holder.metadataProps, dataLocation: 1 });
    return builder.constant(tensor);
  });
  builder.op("Sum", ["x", ...names], { outputs: ["y"] });
  const model = builder.model({
    opset: 17,
    name: "external",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
  });
  return decodeModel(encodeModel(model));
}

const bytes = new Uint8Array(Float32Array.of(9, 1, -2, 5, 6).buffer);

describe("embedWeights", () => {
  test("each weight is its part of its file, and a file is read once", async () => {
    const model = externalModel(
      { location: "w.bin", offset: "4", length: "8" },
      { location: "w.bin", offset: "12" },
    );
    const reads: string[] = [];
    await embedWeights(model, async (location) => {
      reads.push(location);
      return bytes;
    });
    expect(reads).toEqual(["w.bin"]);
    const { graph } = decodeModel(encodeModel(model));
    expect(graph.initializer.map((tensor) => [...(tensorData(tensor)?.data ?? [])])).toEqual([
      [1, -2],
      [5, 6],
    ]);
  });

  test("a short file is said", async () => {
    const model = externalModel({ location: "w.bin", offset: "16", length: "8" });
    await expect(embedWeights(model, async () => bytes)).rejects.toThrow(
      "demo: w.bin must have at least 24 bytes, got 20",
    );
  });
});
