import { type Dim, GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { describe, expect, test } from "vitest";
import { filledLike } from "../../../src/gradients/emit/filledLike.js";
import { numbersOf, openModel } from "../../runtime/runModel.js";

const FLOAT = 1;

/** `y`, filled with 2 in the shape of the input `x`. */
async function filled(opset: number, declared: readonly Dim[], dims: readonly number[]) {
  const builder = new GraphBuilder();
  const info = () => ({ dataType: FLOAT, dims: declared });
  const tensor = filledLike({ builder, opset, info }, "x", 2);
  builder.op("Identity", [tensor], { outputs: ["y"] });
  const ends = (name: string) => [makeValueInfo(name, { type: "float32", dims: declared })];
  const model = builder.model({ name: "filled", inputs: ends("x"), outputs: ends("y"), opset });
  const size = dims.reduce((product, dim) => product * dim, 1);
  const run = await openModel(model);
  const { y } = await run({ x: { type: "float32", data: new Float32Array(size), dims } });
  return { dims: y.dims, values: numbersOf(y) };
}

describe.each([7, 8, 13, 24])("filledLike at opset %d", (opset) => {
  test.each([
    [[], []],
    [[3], [3]],
    [
      ["batch", 2],
      [3, 2],
    ],
    [
      ["batch", 2],
      [0, 2],
    ],
    [
      [2, 0],
      [2, 0],
    ],
  ])("has the shape of a tensor declared as %j that is %j", async (declared, dims) => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    expect(await filled(opset, declared, dims)).toEqual({ dims, values: new Array(size).fill(2) });
  });
});
