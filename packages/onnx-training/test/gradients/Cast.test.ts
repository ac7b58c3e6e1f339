import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";

const DOUBLE = 11;
const INT64 = 7;

test.each([
  ["Cast", 7],
  ["Cast", 24],
  ["CastLike", 15],
])("%s: the gradient comes back in the type of the input, at opset %d", async (opType, opset) => {
  const builder = new GraphBuilder();
  const wide =
    opType === "Cast"
      ? builder.op("Cast", ["x"], { attributes: { to: DOUBLE }, outputs: ["wide"] })
      : builder.op("CastLike", ["x", builder.scalar("float64", 0)], { outputs: ["wide"] });
  builder.op("Mul", [wide, wide], { outputs: ["square"] });
  builder.op("ReduceSum", ["square"], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  const model = builder.model({
    name: "cast",
    inputs: [makeValueInfo("x", { type: "float32", dims: [3] })],
    outputs: [makeValueInfo("loss", { type: "float64", dims: [] })],
    opset,
  });
  for (const name of ["wide", "square"]) {
    model.graph.valueInfo.push(makeValueInfo(name, { type: "float64", dims: [3] }));
  }
  const run = await openModel(gradientModel(model, { loss: "loss", withRespectTo: ["x"] }));
  const results = await run({ x: { type: "float32", data: Float32Array.of(1, -2, 3), dims: [3] } });
  expect(results["x.grad"].type).toBe("float32");
  expect(numbersOf(results["x.grad"])).toEqual([2, -4, 6]);
});

test("Cast: no gradient goes through integers", () => {
  const builder = new GraphBuilder();
  builder.op("Cast", ["x"], { attributes: { to: INT64 }, outputs: ["whole"] });
  builder.op("Cast", ["whole"], { attributes: { to: 1 }, outputs: ["loss"] });
  const model = builder.model({
    name: "integers",
    inputs: [makeValueInfo("x", { type: "float32", dims: [] })],
    outputs: [makeValueInfo("loss", { type: "float32", dims: [] })],
    opset: 17,
  });
  expect(() => gradientModel(model, { loss: "loss", withRespectTo: ["x"] })).toThrow(
    "gradientModel: loss loss must depend on x, got no way between them that a gradient goes",
  );
});
