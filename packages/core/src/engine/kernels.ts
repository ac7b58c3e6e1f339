import { kernelModule } from "./kernelModule.js";
import { compile, type KernelExports, type WasmInstance } from "./webAssembly.js";

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

let makeInstance: ((pages: number) => WasmInstance) | null | undefined;

/**
 * Kernels in a memory of their own, with so many bytes after the scratch; undefined where WebAssembly
 * with SIMD is missing or forbidden. The module is compiled at the first call.
 */
export function instantiateKernels(bytes: number): Kernels | undefined {
  makeInstance ??= compile(kernelModule) ?? null;
  if (makeInstance === null) return undefined;
  const { memory, exports } = makeInstance(Math.ceil((SCRATCH_BYTES + bytes) / SCRATCH_BYTES));
  const { FIELD, FIELD_ENTRIES, CHUNK, CHUNK_FLOATS } = exports;
  return {
    ...exports,
    memory: memory.buffer,
    field: new Uint8Array(memory.buffer, FIELD.value, FIELD_ENTRIES.value),
    chunk: new Float32Array(memory.buffer, CHUNK.value, CHUNK_FLOATS.value),
  };
}
