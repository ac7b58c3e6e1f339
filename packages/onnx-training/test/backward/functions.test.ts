import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo, type NodeProto } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";

const DIMS = [2, 3];
const type = "float32";

/** Nodes of a function `name(a, b)` with the output `c`. */
function functionOf(name: string, build: (builder: GraphBuilder) => void, version = 17n) {
  const builder = new GraphBuilder(name);
  build(builder);
  return {
    $typeName: "onnx.FunctionProto",
    name,
    domain: "local",
    overload: "",
    input: ["a", "b"],
    output: ["c"],
    attribute: [],
    attributeProto: [],
    node: builder.nodes,
    docString: "",
    opsetImport: [{ $typeName: "onnx.OperatorSetIdProto", domain: "", version }],
    valueInfo: [],
    metadataProps: [],
  } satisfies OnnxModel["functions"][number];
}

const inDomain = (nodes: NodeProto[]): void => {
  for (const node of nodes) if (["Inner", "Outer"].includes(node.opType)) node.domain = "local";
};

/** `loss = Σ outer(x, outer(x, w))`; `outer(a, b) = tanh(inner(b, a))`, `inner(a, b) = a · b + a`. */
function calls(version?: bigint): OnnxModel {
  const builder = new GraphBuilder();
  const data = Float32Array.from({ length: 6 }, (_, i) => i / 4 - 1);
  const w = builder.constant(makeTensor({ name: "w", type, dims: DIMS, data }));
  const first = builder.op("Outer", ["x", w], { name: "first" });
  const second = builder.op("Outer", ["x", first], { name: "second" });
  builder.op("ReduceSum", [second], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  const model = builder.model({
    name: "calls",
    inputs: [makeValueInfo("x", { type, dims: DIMS })],
    outputs: [makeValueInfo("loss", { type, dims: [] })],
    opset: 17,
  });
  model.opsetImport.push({ ...model.opsetImport[0], domain: "local", version: 1n });
  const inner = functionOf(
    "Inner",
    (body) => body.op("Add", [body.op("Mul", ["a", "b"]), "a"], { outputs: ["c"] }),
    version,
  );
  const outer = functionOf("Outer", (body) =>
    body.op("Tanh", [body.op("Inner", ["b", "a"])], { outputs: ["c"] }),
  );
  outer.opsetImport.push({ ...outer.opsetImport[0], domain: "local", version: 1n });
  model.functions.push(inner, outer);
  for (const { node } of [model.graph, ...model.functions]) inDomain(node);
  return model;
}

/** The same without functions. */
function written(): OnnxModel {
  const model = calls();
  model.functions = [];
  const builder = new GraphBuilder("", model.graph);
  const outer = (a: string, b: string, name: string) =>
    builder.op("Tanh", [builder.op("Add", [builder.op("Mul", [b, a]), b])], { outputs: [name] });
  const [first, second, sum] = model.graph.node;
  outer("x", "w", first.output[0]);
  outer("x", first.output[0], second.output[0]);
  model.graph.node = [...builder.nodes, sum];
  return model;
}

test("the functions of a model are derived as if their nodes stood where they are called", async () => {
  const x = Float32Array.from({ length: 6 }, (_, i) => 1 - i / 3);
  const [inlined, expected] = await Promise.all(
    [calls(), written()].map(async (model) => {
      const gradients = gradientModel(model, { loss: "loss", withRespectTo: ["x", "w"] });
      const run = await openModel(gradients);
      return run({ x: { type, data: x, dims: DIMS } });
    }),
  );
  for (const name of ["loss", "x.grad", "w.grad"]) {
    expect(numbersOf(inlined[name]), name).toEqual(numbersOf(expected[name]));
  }
});

test("a function of other operators than the model's is named", () => {
  const derive = () => gradientModel(calls(16n), { loss: "loss", withRespectTo: ["x"] });
  expect(derive).toThrow("got none for local.Inner (node first/");
});
