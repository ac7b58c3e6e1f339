/// <reference lib="dom" />
import {
  encodeModel,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { expect, test } from "vitest";
import { type Checkpoint, gradientModel } from "../../src/index.js";

const [BATCH, WIDTH, DEPTH] = [4096, 64, 64];
const MEGABYTE = 2 ** 20;

/** 64 layers `h = tanh(h w)`, each with an activation of 1 MB, and `loss` = mean h². */
function deep(): { readonly model: OnnxModel; readonly weights: readonly string[] } {
  const builder = new GraphBuilder();
  const type = "float32";
  let h = "x";
  const weights = Array.from({ length: DEPTH }, (_, i) => {
    const data = Float32Array.from({ length: WIDTH ** 2 }, (_, k) => Math.sin(k * (i + 1.4)) / 6);
    const w = builder.constant(makeTensor({ name: `w${i}`, type, dims: [WIDTH, WIDTH], data }));
    h = builder.op("Tanh", [builder.op("Gemm", [h, w])]);
    return w;
  });
  const square = builder.op("Mul", [h, h]);
  builder.op("ReduceMean", [square], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  const model = builder.model({
    name: "deep",
    inputs: [makeValueInfo("x", { type, dims: [BATCH, WIDTH] })],
    outputs: [makeValueInfo("loss", { type, dims: [] })],
    opset: 17,
  });
  return { model, weights };
}

/** The size of the runtime's memory, which only grows, from before the runtime is loaded. */
function watchMemory(): () => number {
  const memories = new Set<WebAssembly.Memory>();
  const { Memory } = WebAssembly;
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, args: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(...args);
      memories.add(memory);
      return memory;
    },
  });
  return () => Math.max(...Array.from(memories, ({ buffer }) => buffer.byteLength));
}

test("auto: a deep model's peak is below a third, and the runtime does not undo it", async () => {
  const size = watchMemory();
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const { model, weights } = deep();
  const growthOf = async (checkpoint?: Checkpoint): Promise<number> => {
    const whole = gradientModel(model, { loss: "loss", withRespectTo: weights, checkpoint });
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
