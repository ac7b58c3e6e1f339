import { expect, test } from "vitest";
import { type Dim, GraphBuilder, makeValueInfo } from "../../src/graph.js";
import { emitCounters } from "../../src/noise/emitCounters.js";
import { runModel } from "../runtime/runModel.js";

function counters(sizes: readonly Dim[]) {
  const builder = new GraphBuilder();
  const tensor = emitCounters(builder, { sizes, shape: "shape", entriesPerBlock: 4 });
  const model = builder.model({
    name: "counters",
    inputs: [makeValueInfo("shape", { type: "int64", dims: [sizes.length] })],
    outputs: [makeValueInfo(tensor, { type: "uint32", dims: ["tiles", 64] })],
    opset: 18,
  });
  return { model, tensor };
}

const operators = (sizes: readonly Dim[]): string[] =>
  counters(sizes).model.graph.node.map(({ opType }) => opType);

// A tile has 64 blocks of 4 entries; the starts of up to 4096 tiles are stored.
test.each([
  { sizes: [3, 5], shape: [3, 5], tiles: 1 },
  { sizes: [2, 128], shape: [2, 128], tiles: 1 },
  { sizes: [257], shape: [257], tiles: 2 },
  { sizes: [0, 7], shape: [0, 7], tiles: 0 },
  { sizes: ["batch", 128], shape: [5, 128], tiles: 3 },
  { sizes: [1 << 20], shape: [1 << 20], tiles: 4096 },
  { sizes: [(1 << 20) + 1], shape: [(1 << 20) + 1], tiles: 4097 },
])("emitCounters: a field of $sizes has blocks 0 to 64 · $tiles - 1, in order", async (field) => {
  const { model, tensor } = counters(field.sizes);
  const data = BigInt64Array.from(field.shape, BigInt);
  const shape = { type: "int64", data, dims: [field.shape.length] } as const;
  const result = (await runModel(model, { shape }))[tensor];
  expect(result.dims).toEqual([field.tiles, 64]);
  expect(Array.from(result.data, Number).findIndex((value, i) => value !== i)).toBe(-1);
});

test("emitCounters: known sizes take no Cast, whose kernel is slow to start", () => {
  expect(operators([128, 256])).toEqual(["Add"]);
  expect(operators(["batch", 256])).toContain("Cast");
});
