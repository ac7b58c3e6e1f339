import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { crossEntropy, gradientModel } from "../../../src/index.js";

test("crossEntropy: the gradient over a batch of known size takes no Cast, whose kernel is slow to start", () => {
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { outputs: ["logits"] });
  const value = { type: "float32", dims: [8, 10] } as const;
  const model = builder.model({
    name: "scores",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("logits", value)],
    opset: 18,
  });
  const loss = crossEntropy({ logits: "logits" });
  const { graph } = gradientModel(model, { loss, withRespectTo: ["x"] });
  expect(graph.node.map(({ opType }) => opType)).not.toContain("Cast");
});
