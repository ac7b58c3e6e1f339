/** A framework on a backend. */
export interface RuntimeChoice {
  readonly id: string;
  readonly label: string;
  readonly framework: keyof typeof frameworkLabels;
  readonly backend: keyof typeof backendLabels;
}

export const frameworkLabels = { tfjs: "TensorFlow.js", onnx: "ONNX Runtime" } as const;

export const backendLabels = { wasm: "WebAssembly", webgl: "WebGL", webgpu: "WebGPU" } as const;

const runtime = (
  framework: RuntimeChoice["framework"],
  backend: RuntimeChoice["backend"],
): RuntimeChoice => ({
  id: `${framework}-${backend}`,
  label: `${frameworkLabels[framework]} on ${backendLabels[backend]}`,
  framework,
  backend,
});

export const runtimes: readonly RuntimeChoice[] = [
  runtime("tfjs", "wasm"),
  runtime("tfjs", "webgl"),
  runtime("tfjs", "webgpu"),
  runtime("onnx", "wasm"),
  runtime("onnx", "webgpu"),
];

/** @throws {Error} If there is no such runtime. */
export function runtimeOf(id: string): RuntimeChoice {
  const found = runtimes.find((one) => one.id === id);
  if (found === undefined) {
    const ids = runtimes.map((one) => one.id).join(", ");
    throw new Error(`demo: runtime must be one of ${ids}, got ${id}`);
  }
  return found;
}

/** The other framework, on the backend that both have everywhere. */
export const otherRuntime = ({ framework }: RuntimeChoice): RuntimeChoice =>
  runtime(framework === "tfjs" ? "onnx" : "tfjs", "wasm");
