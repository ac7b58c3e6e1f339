import { expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../../src/graph.js";
import { activationOf } from "../../src/weights/activationOf.js";
import { graphFacts } from "../../src/weights/graphFacts.js";

/** y = x, then SiLU of y: s = Sigmoid(y), z = y s; with these outputs. */
function runAfter(outputs: readonly string[]): readonly string[] {
  const builder = new GraphBuilder();
  builder.op("Identity", ["x"], { outputs: ["y"] });
  builder.op("Sigmoid", ["y"], { outputs: ["s"] });
  builder.op("Mul", ["y", "s"], { outputs: ["z"] });
  builder.op("Relu", ["z"], { outputs: ["end"] });
  const value = { type: "float32", dims: [2, 3] } as const;
  const model = builder.model({
    name: "silu",
    opset: 18,
    inputs: [makeValueInfo("x", value)],
    outputs: outputs.map((name) => makeValueInfo(name, value)),
  });
  return activationOf(graphFacts("test", model), "y").map(({ opType }) => opType);
}

test("activationOf: the shortest run that leaves one tensor to be read", () => {
  expect(runAfter(["end"])).toEqual(["Sigmoid", "Mul"]);
  expect(runAfter(["end", "z"])).toEqual(["Sigmoid", "Mul"]);
});

test.each(["y", "s"])(
  "activationOf: none where %s, inside of the run, is an output of the model",
  (output) => {
    expect(runAfter(["end", output])).toEqual([]);
  },
);
