import { expect, test } from "vitest";
import { GraphBuilder, inferShapes, makeValueInfo } from "../../src/graph.js";
import { runModel } from "../runtime/runModel.js";

const cases = ["MaxPool", "AveragePool", "LpPool"].flatMap((opType) =>
  [1, 2, 3].flatMap((size) => [2, 3].map((stride) => ({ opType, size, stride }))),
);

test.each(cases)(
  "$opType of 3 entries at stride $stride over $size: the sizes are the runtime's",
  async ({ opType, size, stride }) => {
    const builder = new GraphBuilder();
    const attributes = { kernel_shape: [3], strides: [stride] };
    builder.op(opType, ["x"], { outputs: ["y"], attributes });
    const model = builder.model({
      name: "pool",
      inputs: [makeValueInfo("x", { type: "float32", dims: [1, 1, size] })],
      outputs: [makeValueInfo("y", { type: "float32", dims: ["a", "b", "c"] })],
      opset: 17,
    });
    const data = new Float32Array(size).fill(1);
    const { y } = await runModel(model, { x: { type: "float32", data, dims: [1, 1, size] } });
    expect(inferShapes(model).get("y")?.dims).toEqual(y.dims);
  },
);
