import { prepareWasmTraining } from "@dropoutkit/tfjs/wasm-training";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import plainWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simdWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threadedWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import { backendLabels, type RuntimeChoice } from "../../network/runtimes.js";

/**
 * Starts a tfjs backend, or WebAssembly where the browser has it not.
 * @returns What people should know where it is not the backend that was asked for.
 */
export async function startBackend(backend: RuntimeChoice["backend"]): Promise<string | undefined> {
  if (backend !== "wasm" && (await starts(backend))) return undefined;
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plainWasm,
    "tfjs-backend-wasm-simd.wasm": simdWasm,
    "tfjs-backend-wasm-threaded-simd.wasm": threadedWasm,
  });
  if (!(await tf.setBackend("wasm"))) {
    throw new Error("demo: the browser must run WebAssembly, got a backend that does not start");
  }
  prepareWasmTraining();
  if (backend === "wasm") return undefined;
  return `This browser gives no ${backendLabels[backend]}, so TensorFlow.js runs on WebAssembly.`;
}

async function starts(backend: "webgl" | "webgpu"): Promise<boolean> {
  try {
    if (backend === "webgpu") await import("@tensorflow/tfjs-backend-webgpu");
    return await tf.setBackend(backend);
  } catch {
    return false;
  }
}
