/// <reference lib="dom" />
import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";

export const BATCH = 4096;
export const WIDTH = 64;
const DEPTH = 64;
export const MEGABYTE: number = 2 ** 20;

/** 64 layers `h = tanh(h w)`, each with an activation of 1 MB, and `loss` = mean h². */
export function deep(): { readonly model: OnnxModel; readonly weights: readonly string[] } {
  const builder = new GraphBuilder();
  const type = "float32";
  let h = "x";
  const weights = Array.from({ length: DEPTH }, (_, i) => {
    // A layer passes on what it gets, and adds something of its own.
    const entry = (k: number) => (k % (WIDTH + 1) === 0 ? 1 : Math.sin(k * (i + 1.4)) / 16);
    const data = Float32Array.from({ length: WIDTH ** 2 }, (_, k) => entry(k));
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
export function watchMemory(): () => number {
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
