import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo, tensorData } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { gradientModel, sgd, Trainer, type TrainerOptions } from "../../src/index.js";
import { openModel } from "../runtime/runModel.js";

const type = "float32";
const value = (name: string, dims: readonly number[]) => makeValueInfo(name, { type, dims });

/** `loss = Σ resized(x · w)` with initializers that are no weights: the scales and the region of a Resize. */
function resized(): OnnxModel {
  const builder = new GraphBuilder();
  const add = (name: string, dims: readonly number[], data: readonly number[]) =>
    builder.constant(makeTensor({ name, type, dims, data: Float32Array.from(data) }));
  add("w", [2], [1, 2]);
  add("scales", [4], [1, 1, 1, 2]);
  add("region", [0], []);
  const product = builder.op("Mul", ["x", "w"]);
  const image = builder.op("Resize", [product, "region", "scales"], { name: "up" });
  builder.op("ReduceSum", [image], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  return builder.model({
    name: "resized",
    inputs: [value("x", [1, 1, 1, 2])],
    outputs: [value("loss", [])],
    opset: 13,
  });
}

/** `loss = Σ w · [x, rest]`, with a weight without entries. */
function joined(): OnnxModel {
  const builder = new GraphBuilder();
  builder.constant(makeTensor({ name: "w", type, dims: [2], data: Float32Array.of(1, 2) }));
  builder.constant(makeTensor({ name: "rest", type, dims: [0, 2], data: new Float32Array(0) }));
  const all = builder.op("Concat", ["x", "rest"], { attributes: { axis: 0 } });
  const product = builder.op("Mul", [all, "w"]);
  builder.op("ReduceSum", [product], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  return builder.model({
    name: "joined",
    inputs: [value("x", [1, 2])],
    outputs: [value("loss", [])],
    opset: 13,
  });
}

const options: TrainerOptions = { loss: "loss", optimizer: sgd({ learningRate: 0.5 }) };

test("Trainer: what a loss cannot be derived by is no weight by default, and refused by name", async () => {
  const trainer = await Trainer.create(ort, resized(), options);
  await trainer.step({ x: new ort.Tensor(type, Float32Array.of(3, 4), [1, 1, 1, 2]) });
  const { graph } = await trainer.exportModel();
  await trainer.dispose();
  // Two copies of each entry: w - 0.5 · 2 x.
  const w = graph.initializer.find(({ name }) => name === "w");
  expect(w && Array.from(tensorData(w).data, Number)).toEqual([-2, -2]);
  await expect(Trainer.create(ort, resized(), { ...options, weights: ["scales"] })).rejects.toThrow(
    "got none for Resize (node up, opset 13) by input 2, scales",
  );
});

test("a weight without entries has a gradient without entries, wherever it is read", async () => {
  for (const [model, name] of [
    [joined(), "rest"],
    [resized(), "region"],
  ] as const) {
    const { graph } = gradientModel(model, { loss: "loss", withRespectTo: ["w", name] });
    expect(graph.output.map((output) => output.name)).toContain(`${name}.grad`);
  }
  const run = await openModel(gradientModel(joined(), { loss: "loss", withRespectTo: ["rest"] }));
  const results = await run({ x: { type, data: Float32Array.of(1, 2), dims: [1, 2] } });
  expect(results["rest.grad"].dims).toEqual([0, 2]);
});

test("Trainer: a weight without entries is trained as what it is, nothing", async () => {
  const trainer = await Trainer.create(ort, joined(), options);
  const { loss } = await trainer.step({ x: new ort.Tensor(type, Float32Array.of(3, 4), [1, 2]) });
  expect(loss).toBe(11);
  await trainer.dispose();
});
