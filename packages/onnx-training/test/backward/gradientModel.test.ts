import { encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import { copyMessage, GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import { describe, expect, test } from "vitest";
import { crossEntropy, gradientModel } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";

/** `h = x · w; y = h · w'`, tied weights `w [3, 3]`; `loss [1, 1]` is the sum of y's entries. */
function tied(): OnnxModel {
  const builder = new GraphBuilder();
  const constant = (name: string, dims: number[], data: number[]) =>
    builder.constant(makeTensor({ name, type: "float32", dims, data: Float32Array.from(data) }));
  constant("w", [3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  constant("ones", [3, 1], [1, 1, 1]);
  builder.op("Gemm", ["x", "w"], { name: "down", outputs: ["h"] });
  builder.op("Gemm", ["h", "w"], { name: "up", outputs: ["y"], attributes: { transB: 1 } });
  builder.op("Gemm", ["y", "ones"], { name: "sum", outputs: ["loss"] });
  return builder.model({
    name: "tied",
    inputs: [makeValueInfo("x", { type: "float32", dims: [1, 3] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: [1, 3] })],
    opset: 17,
  });
}

describe("gradientModel", () => {
  test("tied weights have the sum of the gradients by both of their uses", async () => {
    const model = gradientModel(tied(), { loss: "loss", withRespectTo: ["w", "x", "h"] });
    expect(model.graph.output.map(({ name }) => name)).toEqual([
      "y",
      "loss",
      "w.grad",
      "x.grad",
      "h.grad",
    ]);
    const run = await openModel(model);
    const results = await run({
      x: { type: "float32", data: Float32Array.of(1, 0, -1), dims: [1, 3] },
    });
    // loss = x · W · W' · 1: with s = W' · 1 (column sums) its gradient by W is x' s' + 1 (x · W).
    const columns = [12, 15, 18];
    const h = [-6, -6, -6];
    const x = [1, 0, -1];
    expect(results["w.grad"].dims).toEqual([3, 3]);
    expect(numbersOf(results["w.grad"])).toEqual(
      [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => x[row] * columns[column] + h[column])),
    );
    expect(numbersOf(results["h.grad"])).toEqual(columns);
    expect(results["x.grad"].dims).toEqual([1, 3]);
    expect(numbersOf(results["x.grad"])).toEqual([
      1 * 12 + 2 * 15 + 3 * 18,
      4 * 12 + 5 * 15 + 6 * 18,
      7 * 12 + 8 * 15 + 9 * 18,
    ]);
  });

  test.each([7, 8, 24])(
    "a tensor that many nodes read, one of them twice, has the sum of their gradients at opset %d",
    async (opset) => {
      const builder = new GraphBuilder();
      builder.op("Mul", ["x", "x"], { outputs: ["square"] });
      builder.op("Add", ["square", "x"], { outputs: ["sum"] });
      builder.op("Mul", ["sum", "x"], { outputs: ["y"] });
      builder.op("ReduceSum", ["y"], { attributes: { keepdims: 0 }, outputs: ["loss"] });
      const model = builder.model({
        name: "shared",
        inputs: [makeValueInfo("x", { type: "float64", dims: [3] })],
        outputs: [makeValueInfo("loss", { type: "float64", dims: [] })],
        opset,
      });
      const run = await openModel(gradientModel(model, { loss: "loss", withRespectTo: ["x"] }));
      const x = [1, -2, 3];
      const results = await run({ x: { type: "float64", data: Float64Array.from(x), dims: [3] } });
      // (x³ + x²)' = 3x² + 2x
      expect(numbersOf(results["x.grad"])).toEqual(x.map((v) => 3 * v * v + 2 * v));
    },
  );

  test("tied weights may multiply the third output of a node", async () => {
    const builder = new GraphBuilder();
    const parts = builder.ops("Split", ["x"], {
      attributes: { axis: 1, split: [1, 1, 1] },
      outputs: ["first", "second", "third"],
    });
    const product = builder.op("Gemm", [parts[2], "w"]);
    const sum = builder.op("ReduceSum", [builder.op("Mul", [product, "w"])], {
      attributes: { keepdims: 0 },
    });
    builder.op("Identity", [sum], { outputs: ["loss"] });
    const type = "float32";
    const model = builder.model({
      name: "parts",
      inputs: [
        makeValueInfo("x", { type, dims: [2, 3] }),
        makeValueInfo("w", { type, dims: [1, 1] }),
      ],
      outputs: [makeValueInfo("loss", { type, dims: [] })],
      opset: 12,
    });
    const run = await openModel(gradientModel(model, { loss: "loss", withRespectTo: ["w"] }));
    const x = { type, data: Float32Array.of(1, 2, 3, 4, 5, 6), dims: [2, 3] } as const;
    const results = await run({ x, w: { type, data: Float32Array.of(0.5), dims: [1, 1] } });
    // ((3 + 6) w²)' = 18 w
    expect(numbersOf(results["w.grad"])).toEqual([9]);
  });

  test("the model is not changed, and its weights are shared", () => {
    const model = tied();
    const before = encodeModel(model);
    const result = gradientModel(model, { loss: "loss", withRespectTo: ["w"] });
    expect(encodeModel(model)).toEqual(before);
    expect(result.graph.initializer[0].rawData).toBe(model.graph.initializer[0].rawData);
  });

  test("a Loss is added with its input; the gradient has the tensor's shape", async () => {
    const model = gradientModel(tied(), {
      loss: crossEntropy({ logits: "y" }),
      withRespectTo: ["x"],
    });
    const run = await openModel(model);
    const results = await run({
      x: { type: "float32", data: Float32Array.of(1, 0, -1), dims: [1, 3] },
      labels: { type: "int64", data: BigInt64Array.of(2n), dims: [1] },
    });
    const [y, loss, ...gradients] = Object.keys(results);
    expect([y, ...gradients]).toEqual(["y", "x.grad"]);
    expect(numbersOf(results[loss])[0]).toBeGreaterThan(0);
    expect(results["x.grad"].dims).toEqual([1, 3]);
  });

  test("only what lies between the loss and the names is derived", () => {
    const unreached = gradientModel(tied(), { loss: "loss", withRespectTo: ["h"] });
    const added = unreached.graph.node.slice(3).map(({ opType }) => opType);
    // Two Gemms back from the loss to h; the node "down" has no part in it.
    expect(added.filter((opType) => opType === "Gemm")).toHaveLength(2);
  });
});

describe("gradientModel: errors", () => {
  const derive =
    (loss: string, withRespectTo: string[], model = tied()) =>
    () =>
      gradientModel(model, { loss, withRespectTo });

  test("all operators without a gradient at once, with their nodes and the opset", () => {
    const model = tied();
    Object.assign(model.graph.node[2], { opType: "Det", domain: "com.example" });
    model.opsetImport.push(
      copyMessage(model.opsetImport[0], { domain: "com.example", version: 3n }),
    );
    Object.assign(model.graph.node[1], { opType: "Mod", name: "" });
    model.graph.valueInfo.push(makeValueInfo("loss", { type: "float32", dims: [1, 1] }));
    expect(derive("loss", ["x"], model)).toThrow(
      "gradientModel: every operator between the loss and what it is derived by must have a gradient, got none for Mod (node y, opset 17), com.example.Det (node sum, opset 3)",
    );
  });

  test("an operator that no gradient goes through needs none", () => {
    const model = tied();
    const builder = new GraphBuilder("", model.graph);
    const shape = builder.op("Shape", ["y"], { outputs: ["sizes"] });
    builder.op("Reshape", ["y", shape], { outputs: ["same"] });
    builder.op("Gemm", ["same", "ones"], { outputs: ["total"] });
    model.graph.node.push(...builder.nodes);
    for (const [name, dims] of [
      ["same", [1, 3]],
      ["total", [1, 1]],
    ] as const) {
      model.graph.valueInfo.push(makeValueInfo(name, { type: "float32", dims }));
    }
    expect(derive("total", ["x"], model)).not.toThrow();
  });

  test("a tensor that a nested graph reads is derived by through it, and so the nodes in it are named", () => {
    const model = tied();
    const inner = new GraphBuilder();
    const rest = inner.op("Mod", ["h", "h"], { name: "rest" });
    inner.op("Gemm", [rest, "ones"], { outputs: ["branch"] });
    const branch = inner.model({
      name: "branch",
      inputs: [],
      outputs: [makeValueInfo("branch", { type: "float32", dims: [1, 1] })],
      opset: 17,
    }).graph;
    const builder = new GraphBuilder("", model.graph);
    builder.op("If", [builder.scalar("bool", 1)], {
      name: "choice",
      outputs: ["total"],
      attributes: { then_branch: branch, else_branch: branch },
    });
    model.graph.node.push(...builder.nodes);
    model.graph.initializer.push(...builder.initializers);
    model.graph.valueInfo.push(makeValueInfo("total", { type: "float32", dims: [1, 1] }));
    expect(derive("total", ["w"], model)).toThrow(
      "got none for Mod (node rest, opset 17), Mod (node rest, opset 17)",
    );
  });

  test("an operator of another domain has no gradient here", () => {
    const model = tied();
    model.graph.node[1].domain = "com.example";
    expect(derive("loss", ["x"], model)).toThrow(
      "got none for com.example.Gemm (node up, opset not imported)",
    );
  });

  test("a loss that is no scalar, has no known shape, or does not exist", () => {
    expect(derive("y", ["x"])).toThrow("gradientModel: loss y must be a scalar, got [1, 3]");
    expect(derive("lose", ["x"])).toThrow(
      "gradientModel: loss must be a tensor of the model, got lose; did you mean loss?",
    );
    const unknown = tied();
    unknown.graph.node[2].opType = "Custom";
    expect(derive("loss", ["x"], unknown)).toThrow(
      "gradientModel: loss loss must have a known shape, got none",
    );
  });

  test("a name that does not exist, that holds no floats, or that the loss does not depend on", () => {
    expect(derive("loss", ["one"])).toThrow(
      "gradientModel: withRespectTo must name tensors of the model with known shapes, got one; did you mean ones?",
    );
    const model = tied();
    model.graph.initializer.push(
      makeTensor({ name: "unread", type: "float32", dims: [1], data: Float32Array.of(1) }),
      makeTensor({ name: "shape", type: "int64", dims: [1], data: BigInt64Array.of(1n) }),
    );
    expect(derive("loss", ["unread"], model)).toThrow(
      "gradientModel: loss loss must depend on unread, got no way between them that a gradient goes",
    );
    expect(derive("loss", ["shape"], model)).toThrow(
      new TypeError("gradientModel: tensor shape must hold float32 or float64, got int64"),
    );
  });

  test("an opset whose operators broadcast in another way", () => {
    const model = tied();
    model.opsetImport[0].version = 6n;
    expect(derive("loss", ["x"], model)).toThrow(
      "gradientModel: model must have opset 7 or later, got 6",
    );
  });
});
