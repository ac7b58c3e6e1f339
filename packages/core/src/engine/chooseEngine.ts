import type { Engine } from "./Engine.js";
import { javascriptEngine } from "./javascriptEngine.js";
import { instantiateKernels, type Kernels } from "./kernels.js";
import { memoryEngine, scratchEngine } from "./wasmEngine.js";

/** The engine for arrays anywhere; made at first use, for importing core compiles nothing. */
let anywhere: Engine | undefined;

/** Engines of the memories that core made. */
const engines = new WeakMap<ArrayBufferLike, Engine>();

/** WASM where it may run and has SIMD, else JavaScript; in place for arrays of one memory that core made. */
export function chooseEngine(x?: Float32Array, output?: Float32Array): Engine {
  const own = x && output && x.buffer === output.buffer ? engines.get(x.buffer) : undefined;
  return own ?? engineAnywhere();
}

function engineAnywhere(): Engine {
  if (anywhere === undefined) {
    const kernels = instantiateKernels(0);
    anywhere = kernels === undefined ? javascriptEngine : scratchEngine(kernels);
  }
  return anywhere;
}

/** Makes the engine known for arrays in the memory of these kernels. */
export function registerKernels(kernels: Kernels): void {
  engines.set(kernels.memory, memoryEngine(kernels));
}
