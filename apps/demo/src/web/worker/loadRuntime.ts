import type { LayerPlan } from "../../experiment/networks/LayerPlan.js";
import type { RuntimeChoice } from "../network/runtimes.js";
import type { PageLearner } from "./PageLearner.js";

/** Makes a learner of a plan, in the framework that was loaded. */
export type MakeLearner = (plan: readonly LayerPlan[], seed: number) => Promise<PageLearner>;

/** A loaded framework, and what people should know of where it runs. */
export interface LoadedRuntime {
  readonly make: MakeLearner;
  readonly notice?: string;
}

/** Loads a framework and its backend: the first time over the network, so it is done when it is asked for. */
export async function loadRuntime({ framework, backend }: RuntimeChoice): Promise<LoadedRuntime> {
  return framework === "tfjs" ? loadTfjs(backend) : loadOnnx(backend);
}

async function loadTfjs(backend: RuntimeChoice["backend"]): Promise<LoadedRuntime> {
  const [{ startBackend }, { tfjsLearner }] = await Promise.all([
    import("./tfjs/startBackend.js"),
    import("./tfjs/tfjsLearner.js"),
  ]);
  const notice = await startBackend(backend);
  const make: MakeLearner = async (plan, seed) => tfjsLearner(plan, seed);
  return notice === undefined ? { make } : { make, notice };
}

async function loadOnnx(backend: RuntimeChoice["backend"]): Promise<LoadedRuntime> {
  const { onnxLearner } = await import("./onnx/onnxLearner.js");
  const hasGpu = backend === "webgpu" && (await gpuAdapter()) !== null;
  const executionProvider = hasGpu ? "webgpu" : "wasm";
  const runtime = hasGpu
    ? await import("onnxruntime-web/webgpu")
    : await import("onnxruntime-web/wasm");
  const make: MakeLearner = (plan, seed) => onnxLearner({ runtime, executionProvider, plan, seed });
  if (backend === "wasm" || hasGpu) return { make };
  return { make, notice: "This browser gives no WebGPU, so ONNX Runtime runs on WebAssembly." };
}

const gpuAdapter = async (): Promise<unknown> =>
  "gpu" in navigator ? await navigator.gpu.requestAdapter() : null;
