import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import { inspectDropout, type OnnxModel, untieWeights } from "../../src/index.js";

const data = Float32Array.of(1, 2, 3, 4, 5, 6);

/** A table of 3 words with 2 features, and scores of words by another weight `[2, 3]`. */
function language(head: Float32Array, table: Float32Array = data): OnnxModel {
  const builder = new GraphBuilder();
  const weight = (name: string, dims: readonly number[], entries: Float32Array): string =>
    builder.constant(makeTensor({ name, type: "float32", dims, data: entries }));
  const words = builder.op("Gather", [weight("embed.weight", [3, 2], table), "i"]);
  builder.op("MatMul", [words, weight("head", [2, 3], head)], { outputs: ["y"] });
  return builder.model({
    name: "language",
    inputs: [makeValueInfo("i", { type: "int64", dims: ["batch"] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: ["batch", 3] })],
    opset: 17,
  });
}

const pitfalls = (model: OnnxModel) =>
  inspectDropout(model).pitfalls.map(({ code, message }) => ({ code, message }));

describe("inspectDropout: weights that an exporter untied", () => {
  test("are a table and its transpose at a product", () => {
    expect(pitfalls(language(Float32Array.of(1, 3, 5, 2, 4, 6)))).toEqual([
      {
        code: "untiedCopy",
        message:
          "weight head is the transpose of embed.weight, as an exporter writes a tied weight; training moves them apart",
      },
    ]);
  });

  test("are none where an entry differs, or all are one number", () => {
    expect(pitfalls(language(Float32Array.of(1, 3, 5, 2, 4, 7)))).toEqual([]);
    const zeros = new Float32Array(6);
    expect(pitfalls(language(zeros, zeros))).toEqual([]);
  });
});

test("inspectDropout: weights that an exporter merged are one pitfall, until they are untied", () => {
  const builder = new GraphBuilder();
  builder.constant(makeTensor({ name: "a", type: "float32", dims: [6], data }));
  builder.op("Identity", ["a"], { outputs: ["b"] });
  builder.op("Mul", [builder.op("Add", ["x", "a"]), "b"], { outputs: ["y"] });
  const value = { type: "float32", dims: [6] } as const;
  const [inputs, outputs] = [[makeValueInfo("x", value)], [makeValueInfo("y", value)]];
  const model = builder.model({ name: "merged", inputs, outputs, opset: 17 });
  expect(pitfalls(model)).toEqual([
    {
      code: "mergedWeights",
      message:
        "weights are merged, since they were equal when the model was exported: b with a; untieWeights makes each one of its own",
    },
  ]);
  expect(pitfalls(untieWeights(model))).toEqual([]);
});
