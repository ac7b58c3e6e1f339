import { registerKernels } from "./chooseEngine.js";
import { instantiateOver, type Kernels, SCRATCH_BYTES } from "./kernels.js";

/** As much of a `WebAssembly.Memory` as is used. */
export interface MemoryLike {
  readonly buffer: ArrayBuffer;
}

/** A memory, and a place in it. */
export interface ForeignMemoryOptions {
  readonly memory: MemoryLike;
  /** Address of `ForeignMemory.scratchBytes` bytes that are core's alone; a multiple of 16. */
  readonly scratch: number;
}

/**
 * A WebAssembly memory that another module owns and may grow, in which core works in place: `forward`,
 * `backward` and `selectField` copy nothing where `x` and `output` are its arrays.
 */
export class ForeignMemory {
  /** Bytes that core needs there for itself. */
  static readonly scratchBytes: number = SCRATCH_BYTES;
  readonly #memory: MemoryLike;
  readonly #view: () => Kernels;
  #seen: ArrayBuffer | undefined;

  /**
   * @throws {RangeError} If `scratch` is no multiple of 16, or the scratch is not inside the memory.
   * @throws {Error} If WebAssembly with SIMD is missing or forbidden, or the memory is shared between threads.
   */
  constructor({ memory, scratch }: ForeignMemoryOptions) {
    const last = memory.buffer.byteLength - SCRATCH_BYTES;
    if (!(Number.isInteger(scratch / 16) && scratch >= 0 && scratch <= last)) {
      throw new RangeError(
        `ForeignMemory: scratch must be a multiple of 16 in [0, ${last}], got ${scratch}`,
      );
    }
    const view = viewOf(memory, scratch);
    if (view === undefined) {
      throw new Error("ForeignMemory: WebAssembly must be there with SIMD, got none");
    }
    this.#memory = memory;
    this.#view = view;
  }

  /**
   * Floats of the memory, from an address on; to be used before the memory grows.
   * @throws {RangeError} If they do not lie in the memory, or `address` is no multiple of 4.
   */
  float32(address: number, length: number): Float32Array {
    const { buffer } = this.#memory;
    if (buffer !== this.#seen) {
      registerKernels(this.#view());
      this.#seen = buffer;
    }
    return new Float32Array(buffer, address, length);
  }
}

function viewOf(memory: MemoryLike, scratch: number): (() => Kernels) | undefined {
  try {
    return instantiateOver(memory, scratch);
  } catch (cause) {
    throw new Error(
      "ForeignMemory: memory must be a WebAssembly.Memory of one thread, got one that does not link",
      { cause },
    );
  }
}
