import { expect, test } from "vitest";
import { copyModel, encodeModel } from "../src/index.js";
import { prune } from "../src/prune.js";
import { loopModel } from "./scopes/nestedModels.js";

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
