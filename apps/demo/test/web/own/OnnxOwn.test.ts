import { encodeModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { modelLearner } from "../../../src/experiment/modelLearner.js";
import { OnnxOwn } from "../../../src/web/worker/own/OnnxOwn.js";

ort.env.wasm.numThreads = 1;

const PIXELS = 784;

/** As exporters wrote models in 2018: an old operator set, weights among the inputs, a batch of one. */
function oldFile(): File {
  const builder = new GraphBuilder();
  const data = Float32Array.from({ length: PIXELS * 10 }, (_, i) => 0.1 * Math.sin(i));
  const kernel = { type: "float32", dims: [PIXELS, 10] } as const;
  const shape = { type: "int64", dims: [2] } as const;
  builder.constant(makeTensor({ name: "kernel", ...kernel, data }));
  builder.constant(makeTensor({ name: "shape", ...shape, data: BigInt64Array.of(1n, 784n) }));
  const flat = builder.op("Reshape", ["images", "shape"]);
  builder.op("MatMul", [builder.op("Relu", [flat]), "kernel"], { outputs: ["logits"] });
  const model = builder.model({
    opset: 8,
    name: "old",
    inputs: [
      makeValueInfo("images", { type: "float32", dims: [1, 1, 28, 28] }),
      makeValueInfo("kernel", kernel),
      makeValueInfo("shape", shape),
    ],
    outputs: [makeValueInfo("logits", { type: "float32", dims: [1, 10] })],
  });
  model.irVersion = 3n;
  return new File([Uint8Array.from(encodeModel(model))], "old.onnx");
}

describe("OnnxOwn", () => {
  test("an old file for single images gets dropout and learns from batches, and says what was changed", async () => {
    const own = await OnnxOwn.open([oldFile()]);
    expect(own.report.pitfalls).toEqual([
      "It was of operator set 8; here it is of 12.",
      "It was exported for batches of 1; here it takes batches of any size.",
    ]);
    const places = own.report.places.filter(({ isUsual }) => isUsual).map(({ id }) => id);
    const noisy = await own.edited({ kind: "insert", places, variant: "dropout", rate: 0.5 });
    expect(noisy.report.sites.map(({ variant, rate }) => [variant, rate])).toEqual([
      ["dropout", 0.5],
    ]);
    expect(noisy.report.pitfalls.slice(0, 2)).toEqual(own.report.pitfalls);
    const learner = await modelLearner({
      runtime: ort,
      session: { executionProviders: ["wasm"] },
      model: noisy.trainable({ isNoisy: true }),
      seed: 0,
    });
    const images = Float32Array.from({ length: 4 * PIXELS }, (_, i) => Math.abs(Math.cos(i)));
    const batch = { images, labels: Uint8Array.of(0, 1, 2, 3), size: 4 };
    const before = await learner.evaluate(batch);
    for (let step = 0; step < 20; step++) await learner.step(batch, { learningRate: 0.01 });
    const after = await learner.evaluate(batch);
    await learner.dispose();
    expect(after.loss).toBeLessThan(before.loss);
  });
});
