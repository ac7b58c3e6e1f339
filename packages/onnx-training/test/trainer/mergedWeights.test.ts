import { drawUniform } from "@dropoutkit/core/adapter";
import { encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import { constantTensors, GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { crossEntropy, gradientModel, sgd, Trainer, type TrainerOptions } from "../../src/index.js";
import { type Feed, numbersOf, openModel } from "../runtime/runModel.js";
import { batch } from "./noisyMlp.js";

/** Whether equal parameters are written once, with `Identity` for the others, as PyTorch's default export does. */
type Form = "merged" | "apart";

/** Norms of fresh weights: a scale of ones, zeros added, and for BatchNormalization running statistics. */
const norms = {
  LayerNormalization: [
    ["weight", 1],
    ["bias", 0],
  ],
  BatchNormalization: [
    ["weight", 1],
    ["bias", 0],
    ["running_mean", 0],
    ["running_var", 1],
  ],
} as const;

/** `x [batch, 4] -> norm1 -> fc1 -> Relu -> norm2 -> fc2 -> logits [batch, 3]`, where both norms have 4 features. */
function net(norm: keyof typeof norms, form: Form): OnnxModel {
  const builder = new GraphBuilder();
  const written = new Map<number, string>();
  const filled = (name: string, fill: number): string => {
    const source = form === "merged" ? written.get(fill) : undefined;
    if (source !== undefined) return builder.op("Identity", [source], { outputs: [name] });
    written.set(fill, name);
    const data = new Float32Array(4).fill(fill);
    return builder.constant(makeTensor({ name, type: "float32", dims: [4], data }));
  };
  const weight = (name: string, dims: readonly number[]): string => {
    const data = drawUniform({ seed: 1, site: name, step: 0, shape: dims }).map((u) => 2 * u - 1);
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  };
  const normed = (x: string, name: string): string =>
    builder.op(norm, [x, ...norms[norm].map(([part, fill]) => filled(`${name}.${part}`, fill))]);
  const first = builder.op("MatMul", [normed("x", "norm1"), weight("fc1.weight", [4, 4])]);
  const hidden = normed(builder.op("Relu", [first]), "norm2");
  builder.op("MatMul", [hidden, weight("fc2.weight", [4, 3])], { outputs: ["logits"] });
  return builder.model({
    name: "norms",
    inputs: [makeValueInfo("x", { type: "float32", dims: ["batch", 4] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: ["batch", 3] })],
    opset: 17,
  });
}

const options: TrainerOptions = {
  loss: crossEntropy({ logits: "logits" }),
  optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }),
};

/** The losses of some steps, and the weights then, by their names. */
async function train(model: OnnxModel, more: Partial<TrainerOptions> = {}) {
  const trainer = await Trainer.create(ort, model, { ...options, ...more });
  const losses: number[] = [];
  for (let step = 0; step < 4; step++) losses.push((await trainer.step(batch())).loss);
  const exported = await trainer.exportModel();
  await trainer.dispose();
  const weights = new Map(
    constantTensors(exported.graph).map(({ name, rawData }) => [name, [...rawData]]),
  );
  return { losses, exported, weights };
}

describe("Trainer: parameters that an exporter merged learn as if it had not", () => {
  test.each([
    ["LayerNormalization", {}],
    ["BatchNormalization", {}],
    ["BatchNormalization", { batchNorm: "running" }],
  ] as const)("two %s, %o", async (norm, more) => {
    const merged = await train(net(norm, "merged"), more);
    const apart = await train(net(norm, "apart"), more);
    expect(merged.losses).toEqual(apart.losses);
    expect(new Map([...merged.weights].sort())).toEqual(new Map([...apart.weights].sort()));
    expect(merged.weights.get("norm1.weight")).not.toEqual(merged.weights.get("norm2.weight"));
    const operators = merged.exported.graph.node.map(({ opType }) => opType);
    expect(operators).not.toContain("Identity");
  });

  test("a statistic stays one, though a scale has equal entries", async () => {
    const { weights } = await train(net("BatchNormalization", "merged"), { batchNorm: "running" });
    const ones = [...new Uint8Array(Float32Array.of(1, 1, 1, 1).buffer)];
    expect(weights.get("norm1.running_var")).toEqual(ones);
    expect(weights.get("norm1.weight")).not.toEqual(ones);
  });

  test("a checkpoint goes on with them apart", async () => {
    const model = net("LayerNormalization", "merged");
    const whole = await train(model);
    const trainer = await Trainer.create(ort, model, options);
    for (let step = 0; step < 2; step++) await trainer.step(batch());
    const file = await trainer.checkpoint();
    await trainer.dispose();
    const resumed = await Trainer.resume(ort, file, options);
    const losses: number[] = [];
    for (let step = 0; step < 2; step++) losses.push((await resumed.step(batch())).loss);
    await resumed.dispose();
    expect(losses).toEqual(whole.losses.slice(2));
  });
});

test("Trainer: before IR version 4, where weights are inputs too, checkpoints and exports are files that open", async () => {
  const model = net("BatchNormalization", "merged");
  model.irVersion = 3n;
  for (const { name, dims } of model.graph.initializer) {
    model.graph.input.push(makeValueInfo(name, { type: "float32", dims: dims.map(Number) }));
  }
  const trainer = await Trainer.create(ort, model, options);
  await trainer.step(batch());
  const file = await trainer.checkpoint();
  const exported = await trainer.exportModel();
  const { loss } = await trainer.step(batch());
  await trainer.dispose();
  const resumed = await Trainer.resume(ort, file, options);
  expect((await resumed.step(batch())).loss).toBe(loss);
  expect((await resumed.exportModel()).graph.input).toEqual(exported.graph.input);
  await resumed.dispose();
  for (const bytes of [file, encodeModel(exported)]) {
    const session = await ort.InferenceSession.create(bytes);
    const { logits } = await session.run({ x: batch().x });
    expect(logits.dims).toEqual([12, 3]);
    await session.release();
  }
});

test("gradientModel: each merged parameter has a gradient of its own", () => {
  const names = ["norm1.weight", "norm2.weight", "norm1.bias", "norm2.bias"];
  const wanted = { loss: crossEntropy({ logits: "logits" }), withRespectTo: names };
  const graph = gradientModel(net("LayerNormalization", "merged"), wanted).graph;
  const apart = gradientModel(net("LayerNormalization", "apart"), wanted).graph;
  expect(graph.node).toEqual(apart.node);
});

test("gradientModel: an initializer that two nodes read is one weight, with the sum of their gradients", async () => {
  const gradients = async (first: string, second: string): Promise<Map<string, number[]>> => {
    const builder = new GraphBuilder();
    const names = [...new Set([first, second])];
    for (const name of names) {
      const data = Float32Array.from({ length: 16 }, (_, i) => Math.sin(i));
      builder.constant(makeTensor({ name, type: "float32", dims: [4, 4], data }));
    }
    const hidden = builder.op("MatMul", ["x", first]);
    builder.op("MatMul", [hidden, second], { outputs: ["logits"] });
    const value = { type: "float32", dims: ["batch", 4] } as const;
    const [inputs, outputs] = [[makeValueInfo("x", value)], [makeValueInfo("logits", value)]];
    const model = builder.model({ name: "tied", inputs, outputs, opset: 17 });
    const loss = crossEntropy({ logits: "logits" });
    const run = await openModel(gradientModel(model, { loss, withRespectTo: names }));
    const { x, labels } = batch();
    const feeds = { x: feedOf(x), labels: feedOf(labels) };
    const results = await run(feeds);
    return new Map(names.map((name) => [name, numbersOf(results[`${name}.grad`])]));
  };
  const tied = (await gradients("w", "w")).get("w");
  const apart = await gradients("w", "v");
  // One float32 addition of the same two numbers.
  const sum = apart.get("w")?.map((entry, i) => Math.fround(entry + (apart.get("v")?.[i] ?? 0)));
  expect(tied).toEqual(sum);
});

const feedOf = ({ type, data, dims }: ort.Tensor): Feed => {
  if (type === "float32" && data instanceof Float32Array) return { type, data, dims };
  if (type === "int64" && data instanceof BigInt64Array) return { type, data, dims };
  throw new Error(`feedOf: tensor must hold float32 or int64, got ${type}`);
};
