import { GraphBuilder, type GraphProto, makeValueInfo } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { backwardModel, type Setting } from "./caseModels.js";
import { type Domain, derived } from "./cases.js";
import { expectGradients } from "./finiteDifferences.js";
import { bools, type NodeInput } from "./nodeCase.js";

const GATES = { LSTM: 4, GRU: 3, RNN: 1 } as const;
type Kind = keyof typeof GATES;
const type = "float32";
const value = (name: string, dims: readonly number[]) => makeValueInfo(name, { type, dims });
const small: Domain = { from: -0.5, to: 0.5 };

/** The inputs and the weights of a layer of two units in one direction or both, over two timesteps of one example. */
const tensors = (kind: Kind, ways: number): NodeInput[] =>
  [
    [2, 1, 2],
    [ways, GATES[kind] * 2, 2],
    [ways, GATES[kind] * 2, 2],
  ].map((dims, i) => derived(i, dims, small));

/** A graph of a layer that reads named tensors, twice: two layers of equal names inside. */
function layers(
  kind: Kind,
  { name, ways, reads }: { name: string; ways: number; reads: readonly string[] },
): { builder: GraphBuilder; output: string } {
  const builder = new GraphBuilder(name);
  const [x, w, r] = reads;
  const direction = ways === 2 ? "bidirectional" : "forward";
  const attributes = { hidden_size: 2, direction };
  const [first] = builder.ops(kind, [x, w, r], {
    name: "layer",
    attributes,
    outputs: [`${name}/y`],
  });
  return { builder, output: builder.op("Tanh", [first]) };
}

function branch(kind: Kind, name: string, ways: number): GraphProto {
  const { builder, output } = layers(kind, { name, ways, reads: ["x1", "x2", "x3"] });
  return builder.graph({ name, inputs: [], outputs: [value(output, [2, ways, 1, 2])] });
}

function other(ways: number): GraphProto {
  const builder = new GraphBuilder("else");
  const shape = builder.ints([2, ways, 1, 2]);
  const sum = builder.op("ReduceSum", ["x1"], { attributes: { keepdims: 0 } });
  const graph = builder.graph({
    name: "else",
    inputs: [],
    outputs: [value(builder.op("Expand", [sum, shape]), [2, ways, 1, 2])],
  });
  graph.initializer.push(...builder.initializers);
  return graph;
}

/** An If with the graph as its first branch, inside of another graph. */
function wrapped(inner: GraphProto, ways: number): GraphProto {
  const builder = new GraphBuilder("outer");
  const output = builder.op("If", ["x0"], {
    name: "inner choice",
    attributes: { then_branch: inner, else_branch: other(ways) },
  });
  return builder.graph({ name: "outer", inputs: [], outputs: [value(output, [2, ways, 1, 2])] });
}

const kinds: readonly Kind[] = ["LSTM", "GRU", "RNN"];
const opsets = [11, 14, 16, 19, 22];

test.each(
  kinds.flatMap((kind, at) =>
    [1, 2].flatMap((ways) =>
      [true, false].map((taken) => [kind, opsets[at + ways], ways, taken] as const),
    ),
  ),
)(
  "%s in an If at opset %d: gradients are its differences, ways %d, %s",
  async (kind, opset, ways, taken) => {
    const setting: Setting = { opType: "If", opset, type };
    for (const then of [branch(kind, "then", ways), wrapped(branch(kind, "then", ways), ways)]) {
      const node = {
        inputs: [bools([], [taken]), ...tensors(kind, ways)],
        captured: 3,
        beside: true,
        attributes: { then_branch: then, else_branch: other(ways) },
      };
      await expectGradients(setting, node, { ulps: 16, fifth: 100 });
    }
  },
);

test.each(kinds)("%s in both branches of an If, with equal names", async (kind) => {
  const setting: Setting = { opType: "If", opset: 17, type };
  const [then, otherwise] = ["then", "else"].map((name) => branch(kind, name, 1));
  for (const taken of [true, false]) {
    const node = {
      inputs: [bools([], [taken]), ...tensors(kind, 1)],
      captured: 3,
      attributes: { then_branch: then, else_branch: otherwise },
    };
    await expectGradients(setting, node, { ulps: 16, fifth: 100 });
  }
});

test.each(kinds)("%s in the body of a Scan: gradients are its differences", async (kind) => {
  const { builder, output } = layers(kind, { name: "body", ways: 1, reads: ["slice", "x2", "x3"] });
  const flat = builder.op("Reshape", [output, "x4"]);
  const body = builder.graph({
    name: "body",
    inputs: [value("state", [2, 2]), value("slice", [2, 1, 2])],
    outputs: [value(builder.op("Add", ["state", flat]), [2, 2])],
  });
  const [, w, r] = tensors(kind, 1);
  const shape: NodeInput = {
    feed: { type: "int64", data: BigInt64Array.of(2n, 2n), dims: [2] },
  };
  const node = {
    inputs: [derived(5, [2, 2]), derived(6, [3, 2, 1, 2], small), w, r, shape],
    captured: 3,
    attributes: { body, num_scan_inputs: 1 },
  };
  await expectGradients({ opType: "Scan", opset: 17, type }, node, { ulps: 32, fifth: 200 });
});

test("a layer in a branch that no gradient goes through stays the operator", () => {
  const builder = new GraphBuilder("then");
  builder.op("LSTM", ["x1", "x2", "x3"], { attributes: { hidden_size: 2 } });
  const output = builder.op("Neg", ["x1"]);
  const then = builder.graph({ name: "then", inputs: [], outputs: [value(output, [2, 1, 2])] });
  const twice = new GraphBuilder("else");
  const made = twice.op("Add", ["x1", "x1"]);
  const node = {
    inputs: [bools([], [true]), ...tensors("LSTM", 1)],
    captured: 3,
    beside: true,
    attributes: {
      then_branch: then,
      else_branch: twice.graph({ name: "else", inputs: [], outputs: [value(made, [2, 1, 2])] }),
    },
  };
  const { graph } = backwardModel({ opType: "If", opset: 17, type }, node, [[2, 1, 2]]);
  const choice = graph.node.find(({ name }) => name === "node");
  const kept = choice?.attribute.flatMap(({ g }) => g?.node.map(({ opType }) => opType) ?? []);
  expect(kept).toContain("LSTM");
});
