import { dropout } from "@dropoutkit/core";
import { expect, test } from "vitest";
import {
  encodeModel,
  GraphBuilder,
  insertDropout,
  inspectDropout,
  makeTensor,
  makeValueInfo,
} from "../../src/index.js";

test("inspectDropout: sites of ours and Dropout nodes of every form, in the order of the nodes", () => {
  const builder = new GraphBuilder();
  const value = makeTensor({ name: "", type: "float32", dims: [], data: Float32Array.of(0.125) });
  builder.op("Relu", ["x"], { name: "relu", outputs: ["a"] });
  builder.op("Dropout", ["a"], { name: "default", outputs: ["b"] });
  builder.op("Dropout", ["b"], {
    attributes: { ratio: { float: 0.75 } },
    name: "old",
    outputs: ["c"],
  });
  builder.op("Dropout", ["c", builder.scalar("float32", 0.25)], { name: "new", outputs: ["d"] });
  builder.op("Constant", [], { attributes: { value }, outputs: ["ratio"] });
  builder.op("Dropout", ["d", "ratio"], { name: "node", outputs: ["e"] });
  builder.op("Dropout", ["e", "fed"], { name: "", outputs: ["f"] });
  builder.op("Neg", ["f"], { name: "neg", outputs: ["y"] });
  const model = builder.model({
    name: "all",
    inputs: [
      makeValueInfo("x", { type: "float32", dims: [3] }),
      makeValueInfo("fed", { type: "float32", dims: [] }),
    ],
    outputs: [makeValueInfo("y", { type: "float32", dims: [3] })],
    opset: 18,
  });
  const variant = dropout({ rate: 0.3 });
  const first = insertDropout(model, { variant, after: { opType: "Neg" }, noise: "graph" });
  const both = insertDropout(first, { variant, after: { tensor: "a" } });
  const expected = [
    {
      kind: "dropoutkit",
      site: "relu",
      output: "relu/out",
      rate: 0.3,
      variant: "dropout",
      noise: "feeds",
    },
    { kind: "Dropout", site: "default", output: "b", rate: 0.5 },
    { kind: "Dropout", site: "old", output: "c", rate: 0.75 },
    { kind: "Dropout", site: "new", output: "d", rate: 0.25 },
    { kind: "Dropout", site: "node", output: "e", rate: 0.125 },
    { kind: "Dropout", site: "f", output: "f", rate: undefined },
    { kind: "dropoutkit", site: "neg", output: "y", rate: 0.3, variant: "dropout", noise: "graph" },
  ];
  expect(inspectDropout(both)).toEqual(expected);
  expect(inspectDropout(encodeModel(both))).toEqual(expected);
});

test("inspectDropout: what is no model is an error", () => {
  expect(() => inspectDropout(new Uint8Array())).toThrow(
    "decodeModel: model must be an ONNX model with a graph, got none",
  );
});
