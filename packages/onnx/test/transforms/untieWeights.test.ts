import { describe, expect, test } from "vitest";
import {
  constantTensors,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  readsOf,
} from "../../src/graph.js";
import { encodeModel, type OnnxModel, untieWeights } from "../../src/index.js";
import { runModel } from "../runtime/runModel.js";

const value = { type: "float32", dims: [2] } as const;
const data = Float32Array.of(2, 3);

/** `y = x · a · b · c · a`, where b and c are written as Identity of `a`, and c of b. */
function merged(write: (builder: GraphBuilder) => void): OnnxModel {
  const builder = new GraphBuilder();
  write(builder);
  builder.op("Identity", ["a"], { name: "Identity_0", outputs: ["b"] });
  builder.op("Identity", ["b"], { name: "Identity_1", outputs: ["c"] });
  const product = ["a", "b", "c"].reduce((x, weight) => builder.op("Mul", [x, weight]), "x");
  builder.op("Mul", [product, "a"], { outputs: ["y"] });
  const [inputs, outputs] = [[makeValueInfo("x", value)], [makeValueInfo("y", value)]];
  return builder.model({ name: "merged", inputs, outputs, opset: 17 });
}

const tensor = makeTensor({ name: "a", type: "float32", dims: [2], data });
const asInitializer = (builder: GraphBuilder): void => void builder.constant(tensor);
const asNode = (builder: GraphBuilder): void => {
  builder.op("Constant", [], { attributes: { value: tensor }, outputs: ["a"] });
};
const asFloats = (builder: GraphBuilder): void => {
  builder.op("Constant", [], { attributes: { value_floats: { floats: [2, 3] } }, outputs: ["a"] });
};

const x = { type: "float32", data: Float32Array.of(1, -1), dims: [2] } as const;

describe("untieWeights: an Identity of a weight is a weight of its own", () => {
  test.each([
    ["an initializer", asInitializer, 3],
    ["a Constant node", asNode, 0],
    ["a Constant node of floats", asFloats, 0],
  ])("of %s, through another too; the model computes the same", async (_, write, initializers) => {
    const model = merged(write);
    const before = encodeModel(model);
    const untied = untieWeights(model);
    expect(untied.graph.node.filter(({ opType }) => opType === "Identity")).toEqual([]);
    expect(untied.graph.initializer).toHaveLength(initializers);
    expect(constantTensors(untied.graph).map(({ name }) => name)).toEqual(["a", "b", "c"]);
    // x · 2⁴ and -x · 3⁴ are exact.
    const { y } = await runModel(untied, { x });
    expect(Array.from(y.data, Number)).toEqual([16, -81]);
    expect(encodeModel(model)).toEqual(before);
  });

  test("before IR version 4 it is an input too, as every initializer is", async () => {
    const model = merged(asInitializer);
    model.irVersion = 3n;
    model.opsetImport[0].version = 8n;
    model.graph.input.push(makeValueInfo("a", value));
    const untied = untieWeights(model);
    expect(untied.graph.input.map(({ name }) => name)).toEqual(["x", "a", "b", "c"]);
    const { y } = await runModel(untied, { x });
    expect(Array.from(y.data, Number)).toEqual([16, -81]);
  });

  test("where the copy is an output of the model", async () => {
    const model = merged(asInitializer);
    model.graph.output.push(makeValueInfo("b", value));
    const { b } = await runModel(untieWeights(model), { x });
    expect(Array.from(b.data, Number)).toEqual([2, 3]);
  });
});

test("untieWeights: a weight that two nodes read stays one, and nothing else changes", () => {
  const builder = new GraphBuilder();
  asInitializer(builder);
  builder.op("Identity", ["x"], { outputs: ["same"] });
  builder.op("Identity", [builder.ints([1])], { outputs: ["sizes"] });
  builder.op("Mul", [builder.op("Mul", ["same", "a"]), "a"], { outputs: ["y"] });
  const [inputs, outputs] = [[makeValueInfo("x", value)], [makeValueInfo("y", value)]];
  const model = builder.model({ name: "tied", inputs, outputs, opset: 17 });
  const untied = untieWeights(model);
  expect(encodeModel(untied)).toEqual(encodeModel(model));
  expect(untied.graph.node.filter((node) => readsOf(node).includes("a"))).toHaveLength(2);
});
