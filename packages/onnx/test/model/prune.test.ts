import { expect, test } from "vitest";
import { copyModel, GraphBuilder, makeValueInfo } from "../../src/graph.js";
import { encodeModel } from "../../src/index.js";
import { prune } from "../../src/model/prune.js";
import { loopModel } from "../scopes/nestedModels.js";

test("prune: what a nested graph alone read goes with it, around it too", () => {
  const model = loopModel(2);
  const bytes = encodeModel(model);
  const pruned = copyModel(model);
  // Nothing reads `seen` where the body does not give it on.
  const [loop] = pruned.graph.node.slice(-1);
  const [body] = loop.attribute.flatMap(({ g }) => g ?? []);
  expect(body.node.map(({ name }) => name)).toContain("copy");
  pruned.graph.output = [];
  prune(pruned.graph, ["y", "all"]);
  expect(pruned.graph.node).toEqual([]);
  expect(pruned.graph.initializer).toEqual([]);
  expect(pruned.graph.input.map(({ name }) => name)).toEqual(["x"]);
  expect(encodeModel(model)).toEqual(bytes);
});

test("prune: what is read around a nested graph stays, though the graph that read it too is gone", () => {
  const builder = new GraphBuilder();
  const shared = builder.op("Neg", ["x"], { outputs: ["shared"] });
  const inner = builder.nested("body");
  inner.op("Abs", [shared], { outputs: ["inside"] });
  const body = inner.graph({ name: "body", inputs: [], outputs: [] });
  builder.op("If", ["condition"], { attributes: { then_branch: body }, outputs: ["y"] });
  builder.op("Exp", [shared], { outputs: ["z"] });
  const outputs = [makeValueInfo("z", { type: "float32", dims: [] })];
  const { graph } = builder.model({ name: "g", inputs: [], outputs, opset: 17 });
  prune(graph, ["y"]);
  expect(graph.node.map(({ opType }) => opType)).toEqual(["Neg", "Exp"]);
});

test("prune: an output that a node does without keeps nothing", () => {
  const builder = new GraphBuilder();
  builder.ops("LSTM", ["x", "w", "r", "", "lengths"], { outputs: ["y", "", "c"] });
  const { graph } = builder.model({ name: "g", inputs: [], outputs: [], opset: 17 });
  prune(graph, ["y", "c"]);
  expect(graph.node).toEqual([]);
});
