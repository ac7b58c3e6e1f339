/** A framework on a backend. */
export interface RuntimeChoice {
  readonly id: string;
  readonly label: string;
  readonly framework: "tfjs" | "onnx";
  readonly backend: "wasm" | "webgl" | "webgpu";
}

export const runtimes: readonly RuntimeChoice[] = [
  { id: "tfjs-wasm", label: "TensorFlow.js on WebAssembly", framework: "tfjs", backend: "wasm" },
  { id: "tfjs-webgl", label: "TensorFlow.js on WebGL", framework: "tfjs", backend: "webgl" },
  { id: "tfjs-webgpu", label: "TensorFlow.js on WebGPU", framework: "tfjs", backend: "webgpu" },
  { id: "onnx-wasm", label: "ONNX Runtime on WebAssembly", framework: "onnx", backend: "wasm" },
  { id: "onnx-webgpu", label: "ONNX Runtime on WebGPU", framework: "onnx", backend: "webgpu" },
];

/** @throws {Error} If there is no such runtime. */
export function runtimeOf(id: string): RuntimeChoice {
  const runtime = runtimes.find((one) => one.id === id);
  if (runtime === undefined) {
    const ids = runtimes.map((one) => one.id).join(", ");
    throw new Error(`demo: runtime must be one of ${ids}, got ${id}`);
  }
  return runtime;
}
