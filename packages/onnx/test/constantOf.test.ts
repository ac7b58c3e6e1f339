import { expect, test } from "vitest";
import { constantOf, GraphBuilder, makeTensor, makeValueInfo } from "../src/index.js";

test("constantOf: what no caller can replace is constant, all else is not", () => {
  const builder = new GraphBuilder();
  const tensor = (name: string, value: number) =>
    makeTensor({ name, type: "float32", dims: [], data: Float32Array.of(value) });
  builder.constant(tensor("weight", 1));
  builder.constant(tensor("default", 2));
  builder.op("Constant", [], { attributes: { value: tensor("", 3) }, outputs: ["node"] });
  builder.op("Add", ["weight", "default"], { outputs: ["sum"] });
  const inputs = [makeValueInfo("default", { type: "float32", dims: [] })];
  const { graph } = builder.model({ name: "g", inputs, outputs: [], opset: 18 });
  expect(constantOf(graph, "weight")).toEqual({ type: "float32", data: Float32Array.of(1) });
  expect(constantOf(graph, "node")).toEqual({ type: "float32", data: Float32Array.of(3) });
  // An initializer that is an input too is only its default.
  expect(constantOf(graph, "default")).toBeUndefined();
  expect(constantOf(graph, "sum")).toBeUndefined();
  expect(constantOf(graph, "absent")).toBeUndefined();
});
