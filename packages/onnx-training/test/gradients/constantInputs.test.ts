import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { describe, expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { float32, numbersOf, openModel } from "../runtime/runModel.js";

/** Writes a list of integers into a graph, and returns the tensor. */
type Way = (builder: GraphBuilder, list: readonly number[]) => string;

const ways: Readonly<Record<string, Way>> = {
  "an initializer": (builder, list) => builder.ints(list),
  value_ints: (builder, list) => builder.op("Constant", [], { attributes: { value_ints: list } }),
  "value_int with an axis, and joined": (builder, list) => {
    const parts = list.map((value) => {
      const number = builder.op("Constant", [], { attributes: { value_int: value } });
      return builder.op("Unsqueeze", [number, builder.ints([0])]);
    });
    return builder.op("Concat", parts, { attributes: { axis: 0 } });
  },
  "floats that are cast and reshaped": (builder, list) => {
    const floats = builder.op("Constant", [], { attributes: { value_floats: { floats: list } } });
    const cast = builder.op("Cast", [floats], { attributes: { to: 7 } });
    return builder.op("Reshape", [cast, builder.ints([-1])]);
  },
  "what follows from a rank": (builder, list) => {
    const rank = builder.op("Shape", [builder.op("Shape", ["x"])]);
    return builder.op("Add", [rank, builder.ints(list.map((value) => value - 2))]);
  },
};

/** `loss = sum(y²) / 2`, so that the gradient by y is y. */
function lossOf(write: (builder: GraphBuilder) => string): OnnxModel {
  const builder = new GraphBuilder();
  const y = write(builder);
  const square = builder.op("Mul", [builder.op("Mul", [y, y]), builder.scalar("float32", 0.5)]);
  builder.op("ReduceSum", [square], { outputs: ["loss"], attributes: { keepdims: 0 } });
  return builder.model({
    name: "g",
    inputs: [makeValueInfo("x", { type: "float32", dims: [2, 3] })],
    outputs: [makeValueInfo("loss", { type: "float32", dims: [] })],
    opset: 18,
  });
}

async function gradientOf(write: (builder: GraphBuilder) => string): Promise<number[]> {
  const model = gradientModel(lossOf(write), { loss: "loss", withRespectTo: ["x"] });
  const run = await openModel(model);
  const { data, dims } = float32([2, 3], [1, 2, 3, 4, 5, 6]);
  return numbersOf(
    (await run({ x: { type: "float32", data: Float32Array.from(data as Float32Array), dims } }))[
      "x.grad"
    ],
  );
}

describe.each(Object.entries(ways))("gradients: a list that is %s", (_, write) => {
  test("names the axes of a reduction", async () => {
    const summed = (builder: GraphBuilder): string =>
      builder.op("ReduceSum", ["x", write(builder, [1])]);
    expect(await gradientOf(summed)).toEqual([6, 6, 6, 15, 15, 15]);
  });

  test("names the box of a slice", async () => {
    const cut = (builder: GraphBuilder): string =>
      builder.op("Slice", ["x", write(builder, [1]), write(builder, [3]), write(builder, [1])]);
    expect(await gradientOf(cut)).toEqual([0, 2, 3, 0, 5, 6]);
  });

  test("is known in a branch of an If, where it stands around it", async () => {
    const chosen = (builder: GraphBuilder): string => {
      const axes = write(builder, [1]);
      const [then, otherwise] = ["then", "else"].map((name) => {
        const branch = builder.nested(name);
        const sum = branch.op("ReduceSum", ["x", axes]);
        const outputs = [makeValueInfo(sum, { type: "float32", dims: [2, 1] })];
        return branch.graph({ name, inputs: [], outputs });
      });
      const condition = builder.op("Cast", [builder.scalar("int64", 1)], { attributes: { to: 9 } });
      return builder.op("If", [condition], {
        attributes: { then_branch: then, else_branch: otherwise },
      });
    };
    expect(await gradientOf(chosen)).toEqual([6, 6, 6, 15, 15, 15]);
  });
});

test("gradients: what follows from a weight is not constant, though the weight has a value", () => {
  const builder = new GraphBuilder();
  const model = lossOf((inner) => {
    const axes = inner.op("Cast", ["w"], { attributes: { to: 7 } });
    return inner.op("Mul", [inner.op("ReduceSum", ["x", axes]), "w"]);
  });
  builder.op("Constant", [], { attributes: { value_floats: { floats: [1] } }, outputs: ["w"] });
  model.graph.node.unshift(...builder.nodes);
  expect(() => gradientModel(model, { loss: "loss", withRespectTo: ["x", "w"] })).toThrow(
    /must have constant axes, got/,
  );
  expect(() => gradientModel(model, { loss: "loss", withRespectTo: ["x"] })).not.toThrow();
});
