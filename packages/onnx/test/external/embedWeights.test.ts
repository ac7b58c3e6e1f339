import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GraphBuilder, makeTensor, tensorData } from "../../src/graph.js";
import { decodeModel, embedWeights, encodeModel, type OnnxModel } from "../../src/index.js";
import { DataLocation } from "../../src/model/schema.js";
import { readWholeModel } from "../../src/node.js";
import { externalModel, modelFolder } from "./externalModel.js";

const bytes = new Uint8Array(Float32Array.of(9, 1, -2, 5).buffer);

/** A model with external data in its graph, and in one inside of a node. */
function nestedModel(): OnnxModel {
  const model = externalModel({ location: "w.bin", offset: "4", length: "8" });
  const branch = externalModel({ location: "w.bin", offset: "8" }).graph;
  const builder = new GraphBuilder("", model.graph);
  const flag = makeTensor({ name: "flag", type: "bool", dims: [], data: Uint8Array.of(1) });
  builder.op("If", [builder.constant(flag)], {
    attributes: { then_branch: branch, else_branch: branch },
  });
  model.graph.node.push(...builder.nodes);
  model.graph.initializer.push(...builder.initializers);
  return model;
}

test("embedWeights: each tensor is its part of its file, nested ones too, and a file is read once", async () => {
  const model = nestedModel();
  const before = encodeModel(model);
  const reads: string[] = [];
  const embedded = await embedWeights(model, async (location) => {
    reads.push(location);
    return bytes;
  });
  expect(reads).toEqual(["w.bin"]);
  expect(encodeModel(model)).toEqual(before);
  const { graph } = decodeModel(encodeModel(embedded));
  expect(tensorData(graph.initializer[0]).data).toEqual(Float32Array.of(1, -2));
  const branches = graph.node.flatMap(({ attribute }) => attribute.flatMap(({ g }) => g ?? []));
  expect(branches).toHaveLength(2);
  for (const { initializer } of branches) {
    expect(initializer[0].dataLocation).toBe(DataLocation.DEFAULT);
    expect(tensorData(initializer[0]).data).toEqual(Float32Array.of(-2, 5));
  }
});

test("embedWeights: a file that is too short is an error", async () => {
  const model = externalModel({ location: "w.bin", offset: "12", length: "8" });
  await expect(embedWeights(model, async () => bytes)).rejects.toThrow(
    "embedWeights: w.bin must have at least 20 bytes, got 16",
  );
});

test("readWholeModel: the model of a file with its external data in it", async () => {
  const folder = await modelFolder();
  const { graph } = await readWholeModel(join(folder, "model.onnx"));
  expect(tensorData(graph.initializer[0]).data).toEqual(Float32Array.of(1, -2));
  await rm(folder, { recursive: true });
});
