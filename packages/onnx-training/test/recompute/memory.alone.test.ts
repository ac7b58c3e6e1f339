import { encodeModel } from "@dropoutkit/onnx";
import { expect, test } from "vitest";
import { gradientModel, type Recompute } from "../../src/index.js";
import { BATCH, deep, MEGABYTE, WIDTH, watchMemory } from "./deep.js";

test("auto: a deep model's peak is below a third, and the runtime does not undo it", async () => {
  const size = watchMemory();
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const { model, weights } = deep();
  const growthOf = async (recompute?: Recompute): Promise<number> => {
    const whole = gradientModel(model, { loss: "loss", withRespectTo: weights, recompute });
    const session = await ort.InferenceSession.create(encodeModel(whole), {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    });
    const before = size();
    const x = new ort.Tensor("float32", new Float32Array(BATCH * WIDTH).fill(0.5), [BATCH, WIDTH]);
    await session.run({ x });
    await session.release();
    return (size() - before) / MEGABYTE;
  };
  // Of n = 128 nodes 11 activations are kept and at most 2 · 6 are there again, each of 1 MB, and a few
  // gradients; memory grows by a fifth more than is needed.
  expect(await growthOf("auto")).toBeLessThan(32);
  // All 64 activations at once, less what is free already.
  expect(await growthOf()).toBeGreaterThan(64);
});
