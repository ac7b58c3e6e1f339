import { create } from "@bufbuild/protobuf";
import { dropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo, modelOf, opsetOf } from "../../src/graph.js";
import {
  decodeModel,
  encodeModel,
  insertDropout,
  inspectDropout,
  maskFeeds,
  type OnnxModel,
} from "../../src/index.js";
import { FunctionProtoSchema } from "../../src/model/schema.js";
import { float32, runModel } from "../runtime/runModel.js";

const value = { type: "float32", dims: [4] } as const;

/** `r = relu(x + w)`, and `y` is `r` or what `r + r` of the outer graph is in a branch. */
function model(): OnnxModel {
  const branch = (name: string): OnnxModel["graph"] => {
    const body = new GraphBuilder();
    body.op("Add", ["r", "r"], { name: "twice", outputs: [name] });
    const outputs = [makeValueInfo(name, value)];
    return body.model({ name, inputs: [], outputs, opset: 17 }).graph;
  };
  const builder = new GraphBuilder();
  const data = Float32Array.of(1, 2, 3, 4);
  builder.constant(makeTensor({ name: "w", type: "float32", dims: [4], data }));
  builder.op("Add", ["x", "w"], { name: "sum", outputs: ["s"] });
  builder.op("Relu", ["s"], { name: "", outputs: ["r"] });
  builder.op("If", ["flag"], {
    name: "choice",
    outputs: ["y"],
    attributes: { then_branch: branch("then"), else_branch: branch("else") },
  });
  return builder.model({
    name: "checked",
    inputs: [makeValueInfo("x", value), makeValueInfo("flag", { type: "bool", dims: [] })],
    outputs: [makeValueInfo("y", value)],
    opset: 17,
  });
}

function nodesOf(write: (builder: GraphBuilder) => void): OnnxModel["graph"]["node"] {
  const builder = new GraphBuilder();
  write(builder);
  return builder.nodes;
}

const inner = ({ graph }: OnnxModel): OnnxModel["graph"] => {
  const found = graph.node[2].attribute[0].g;
  if (found === undefined) throw new Error("inner: the third node must have a graph");
  return found;
};

describe("a model at entry", () => {
  test("tensors of outer graphs, inputs with defaults and absent inputs are fine", () => {
    const right = model();
    right.graph.input.push(makeValueInfo("w", value));
    right.graph.node[0].input.push("");
    expect(inspectDropout(right).sites).toEqual([]);
    expect(() => decodeModel(encodeModel(right))).not.toThrow();
  });

  test.each<[string, (broken: OnnxModel) => void, string]>([
    [
      "a tensor that nothing makes",
      ({ graph }) => void graph.node[1].input.splice(0, 1, "t"),
      "tensor t must be made before Relu of r reads it, got nothing that makes it",
    ],
    [
      "a tensor that nothing makes, in a nested graph",
      (broken) => void inner(broken).node[0].input.splice(0, 1, "t"),
      "tensor t must be made before Add twice reads it, got nothing that makes it",
    ],
    [
      "a cycle of one node",
      ({ graph }) => void graph.node[1].input.splice(0, 1, "r"),
      "tensor r must be made before Relu of r reads it, got itself as its maker",
    ],
    [
      "a cycle of two nodes",
      ({ graph }) => void graph.node[0].input.splice(0, 1, "r"),
      "nodes must not read each other's results, got a circle of Add sum, Relu of r",
    ],
    [
      "a circle through a nested graph",
      ({ graph }) => void graph.node[0].input.splice(0, 1, "y"),
      "nodes must not read each other's results, got a circle of Add sum, If choice, Relu of r",
    ],
    [
      "a nested graph that reads what its node makes",
      (broken) => void inner(broken).node[0].input.splice(0, 1, "y"),
      "tensor y must be made before Add twice reads it, got If choice after it",
    ],
    [
      "a tensor of two nodes",
      ({ graph }) => void graph.node[1].output.splice(0, 1, "s"),
      "tensor s must be made once, got Add sum and Relu of s",
    ],
    [
      "an input of a node's name",
      ({ graph }) => void graph.input.push(makeValueInfo("r", value)),
      "tensor r must be made once, got an input and Relu of r",
    ],
    [
      "a constant twice",
      ({ graph }) => void graph.initializer.push(graph.initializer[0]),
      "tensor w must be made once, got a constant and a constant",
    ],
    [
      "a negative size",
      ({ graph }) => void graph.initializer[0].dims.push(-1n),
      "tensor w must have sizes >= 0, got [4, -1]",
    ],
    [
      "an output that nothing makes",
      ({ graph }) => void graph.output.push(makeValueInfo("z", value)),
      "output z must be made in the model, got nothing that makes it",
    ],
    [
      "a node without an operator",
      ({ graph }) => {
        graph.node[1].opType = "";
      },
      "node must have an operator, got none in the node that makes r",
    ],
  ])("%s is an error that names node and tensor", (_, breakIt, sentence) => {
    const broken = model();
    breakIt(broken);
    expect(() => inspectDropout(broken)).toThrow(`inspectDropout: ${sentence}`);
  });
});

describe("nodes out of order are put behind what they read", () => {
  const names = ({ graph }: OnnxModel): string[] => graph.node.map(({ opType }) => opType);

  test("in the graph, where a nested graph reads it, and in that graph; the model given stays", () => {
    const [sorted, mixed] = [model(), model()];
    const again = inner(mixed);
    again.node.unshift(
      ...nodesOf((builder) => builder.op("Neg", ["then"], { outputs: ["negative"] })),
    );
    again.output[0].name = "negative";
    mixed.graph.node.reverse();
    const before = names(mixed);
    const read = modelOf("test", mixed);
    expect(names(read)).toEqual(names(sorted));
    expect(inner(read).node.map(({ opType }) => opType)).toEqual(["Add", "Neg"]);
    expect(names(mixed)).toEqual(before);
    expect(decodeModel(encodeModel(mixed)).graph).toEqual(read.graph);
  });

  test("all others stay where they are", () => {
    const builder = new GraphBuilder();
    const order = ["a", "b", "c", "d", "e"];
    for (const name of order) builder.op("Relu", [name === "b" ? "d" : "x"], { outputs: [name] });
    const outputs = order.map((name) => makeValueInfo(name, value));
    const inputs = [makeValueInfo("x", value)];
    const read = modelOf("test", builder.model({ name: "g", inputs, outputs, opset: 17 }));
    expect(read.graph.node.map(({ output }) => output[0])).toEqual(["a", "d", "b", "c", "e"]);
  });

  test("a chain of 20,000 nodes from its end, at once", () => {
    const builder = new GraphBuilder();
    let last = "x";
    for (let i = 0; i < 20_000; i++)
      last = builder.op("Neg", [last], { name: `n${i}`, outputs: [`t${i}`] });
    const [inputs, outputs] = [[makeValueInfo("x", value)], [makeValueInfo(last, value)]];
    const long = builder.model({ name: "long", inputs, outputs, opset: 17 });
    long.graph.node.reverse();
    expect(modelOf("test", long).graph.node.at(-1)?.output).toEqual([last]);
  });

  test("in the body of a function", () => {
    const called = model();
    const node = nodesOf((builder) => {
      builder.op("Neg", ["b"], { outputs: ["c"] });
      builder.op("Relu", ["a"], { outputs: ["b"] });
    });
    called.functions.push(
      create(FunctionProtoSchema, { name: "f", domain: "own", input: ["a"], output: ["c"], node }),
    );
    const [body] = modelOf("test", called).functions;
    expect(body.node.map(({ opType }) => opType)).toEqual(["Relu", "Neg"]);
  });
});

describe("a model without standard operators", () => {
  const scaler = (irVersion: bigint): OnnxModel => {
    const builder = new GraphBuilder();
    const attributes = { offset: { floats: [1] }, scale: { floats: [2] } };
    builder.op("Scaler", ["x"], { name: "scaler", outputs: ["y"], attributes });
    builder.nodes[0].domain = "ai.onnx.ml";
    const [inputs, outputs] = [[makeValueInfo("x", value)], [makeValueInfo("y", value)]];
    const made = builder.model({ name: "ml", inputs, outputs, opset: 3 });
    made.opsetImport[0].domain = "ai.onnx.ml";
    return Object.assign(made, { irVersion });
  };

  test("takes noise, written in the newest operators of its IR version", async () => {
    const ml = scaler(8n);
    expect(encodeModel(decodeModel(encodeModel(ml)))).toEqual(encodeModel(ml));
    const noisy = insertDropout(ml, { variant: dropout({ rate: 0 }), after: { tensor: "y" } });
    expect(opsetOf(noisy)).toBe(18);
    const feeds = { x: float32([4], [1, 2, 3, 4]), ...maskFeeds(noisy, { seed: 1, step: 0 }) };
    const { y } = await runModel(noisy, feeds);
    expect(Array.from(y.data, Number)).toEqual([0, 2, 4, 6]);
  });

  test("before IR version 3 it has version 1 of them, and need not say so", () => {
    const old = scaler(2n);
    old.opsetImport = [];
    old.graph.node[0].domain = "";
    expect(opsetOf(modelOf("test", old))).toBe(1);
  });

  test("that has one nevertheless is an error", () => {
    const wrong = scaler(8n);
    wrong.graph.node[0].domain = "";
    expect(() => inspectDropout(wrong)).toThrow(
      "inspectDropout: model must import the standard operators, got no opset for Scaler scaler",
    );
  });
});

describe("graphs in one another", () => {
  /** The model with its branch put into a branch of another If, and so on. */
  function nested(depth: number): OnnxModel {
    const result = model();
    for (let level = 1; level < depth; level++) {
      const { graph } = model();
      graph.node[2].attribute[0].g = inner(result);
      graph.node = [graph.node[2]];
      graph.input = [];
      result.graph.node[2].attribute[0].g = graph;
    }
    return result;
  }

  test("200 are a model that makes the way to bytes and back", () => {
    const bytes = encodeModel(nested(200));
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
  });

  test.each([201, 10_000])("%i are an error, never a full stack", (depth) => {
    const deep = nested(depth);
    expect(() => inspectDropout(deep)).toThrow(
      "inspectDropout: graphs must be nested at most 200 deep, got more",
    );
  });

  test("10,000 are not written either", () => {
    expect(() => encodeModel(nested(10_000))).toThrow(
      "encodeModel: graphs must be nested at most 200 deep, got more",
    );
  });
});
