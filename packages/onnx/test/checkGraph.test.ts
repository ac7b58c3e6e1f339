import { describe, expect, test } from "vitest";
import {
  decodeModel,
  encodeModel,
  GraphBuilder,
  inspectDropout,
  makeTensor,
  makeValueInfo,
  type OnnxModel,
} from "../src/index.js";

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
      "nodes out of order",
      ({ graph }) => void graph.node.reverse(),
      "tensor r must be made before Add twice reads it, got Relu of r after it",
    ],
    [
      "a node before what it reads",
      ({ graph }) => void graph.node.unshift(...graph.node.splice(1, 1)),
      "tensor s must be made before Relu of r reads it, got Add sum after it",
    ],
    [
      "a cycle of one node",
      ({ graph }) => void graph.node[1].input.splice(0, 1, "r"),
      "tensor r must be made before Relu of r reads it, got itself as its maker",
    ],
    [
      "a cycle of two nodes",
      ({ graph }) => void graph.node[0].input.splice(0, 1, "r"),
      "tensor r must be made before Add sum reads it, got Relu of r after it",
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
