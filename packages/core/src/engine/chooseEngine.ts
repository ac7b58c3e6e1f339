import type { DenseKernels } from "./DenseKernels.js";
import type { Engine } from "./Engine.js";
import { javascriptDense } from "./javascriptDense.js";
import { javascriptEngine } from "./javascriptEngine.js";
import { instantiateKernels, type Kernels } from "./kernels.js";
import { wasmDense } from "./wasmDense.js";
import { memoryEngine, scratchEngine } from "./wasmEngine.js";

interface Engines {
  readonly engine: Engine;
  readonly dense: DenseKernels;
}

/** What works on arrays anywhere; made at first use, for importing core compiles nothing. */
let anywhere: Engines | undefined;

function enginesAnywhere(): Engines {
  if (anywhere === undefined) {
    const kernels = instantiateKernels(0);
    anywhere =
      kernels === undefined
        ? { engine: javascriptEngine, dense: javascriptDense() }
        : { engine: scratchEngine(kernels), dense: wasmDense(kernels) };
  }
  return anywhere;
}

/** Engines of the memories that core made. */
const engines = new WeakMap<ArrayBufferLike, Engine>();

/** WASM where it may run and has SIMD, else JavaScript; in place for arrays of one memory that core made. */
export function chooseEngine(x?: Float32Array, output?: Float32Array): Engine {
  const own = x && output && x.buffer === output.buffer ? engines.get(x.buffer) : undefined;
  return own ?? enginesAnywhere().engine;
}

/** WASM where it may run and has SIMD, else JavaScript. */
export function chooseDense(): DenseKernels {
  return enginesAnywhere().dense;
}

/** Makes the engine known for arrays in the memory of these kernels. */
export function registerKernels(kernels: Kernels): void {
  engines.set(kernels.memory, memoryEngine(kernels));
}
