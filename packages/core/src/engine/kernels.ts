import { kernelModule } from "./kernelModule.js";
import { compile, type KernelExports, type KernelModule, type WasmMemory } from "./webAssembly.js";

/** Instantiated kernels, with views of the scratch through which arrays of a caller pass. */
export interface Kernels extends KernelExports {
  readonly memory: ArrayBuffer;
  /** The field's part that was drawn last, one byte an entry. */
  readonly field: Uint8Array;
  /** A part of the values: copied in, computed in place, copied out. */
  readonly chunk: Float32Array;
}

/** Bytes of the module's memory that are its own: the whole of what kernels need beside the arrays. */
export const SCRATCH_BYTES = 65536;

let compiled: KernelModule | null | undefined;

/** The module, compiled at the first call; undefined where WebAssembly with SIMD is missing or forbidden. */
function moduleHere(): KernelModule | undefined {
  compiled ??= compile(kernelModule) ?? null;
  return compiled ?? undefined;
}

/**
 * Kernels in a memory of their own, with so many bytes after the scratch; undefined where WebAssembly
 * with SIMD is missing or forbidden.
 */
export function instantiateKernels(bytes: number): Kernels | undefined {
  const module = moduleHere();
  if (module === undefined) return undefined;
  const memory = module.makeMemory(Math.ceil((SCRATCH_BYTES + bytes) / SCRATCH_BYTES));
  return withViews(module.instantiate(memory, 0), memory);
}

/**
 * Kernels over a memory that another module owns, with their scratch at an address there.
 * @returns Makes the views, which are of no use once the memory has grown; undefined where WebAssembly with
 * SIMD is missing or forbidden.
 * @throws {Error} The engine's own, if the memory is shared between threads.
 */
export function instantiateOver(memory: WasmMemory, base: number): (() => Kernels) | undefined {
  const exports = moduleHere()?.instantiate(memory, base);
  return exports && (() => withViews(exports, memory));
}

function withViews(exports: KernelExports, { buffer }: WasmMemory): Kernels {
  const { FIELD, FIELD_ENTRIES, CHUNK, CHUNK_FLOATS } = exports;
  return {
    ...exports,
    memory: buffer,
    field: new Uint8Array(buffer, FIELD.value, FIELD_ENTRIES.value),
    chunk: new Float32Array(buffer, CHUNK.value, CHUNK_FLOATS.value),
  };
}
