import { checkOptions } from "../checks/checkOptions.js";
import { registerKernels } from "./chooseEngine.js";
import { instantiateKernels, SCRATCH_BYTES } from "./kernels.js";

/** Vectors are of 16 bytes; arrays start where one does. */
const ALIGNMENT = 16;

/** The most bytes of a 32-bit memory, less the kernels' own. */
const MAX_BYTES = 2 ** 32 - SCRATCH_BYTES;

/**
 * A block of memory for arrays that core works on in place: where `x` and `output` of `forward` and
 * `backward` come from one arena, nothing is copied to the kernels and back. Where WebAssembly is
 * missing or forbidden, it is plain memory, and everything works the same.
 *
 * The size is fixed, for growing a WASM memory detaches its arrays. The memory is freed when the arena
 * and all its arrays are unreachable.
 */
export class Arena {
  /** Bytes that arrays can take, all together; each takes a multiple of 16. */
  readonly bytes: number;
  readonly #buffer: ArrayBuffer;
  readonly #start: number;
  #taken = 0;

  /**
   * @param options.bytes An integer in [0, 2^32 - 65536].
   * @throws {RangeError} If `bytes` is out of range, or more than the system has.
   */
  constructor(options: { readonly bytes: number }) {
    const { bytes } = checkOptions("Arena", options);
    if (!(Number.isInteger(bytes) && bytes >= 0 && bytes <= MAX_BYTES)) {
      throw new RangeError(`Arena: bytes must be an integer in [0, ${MAX_BYTES}], got ${bytes}`);
    }
    this.bytes = bytes;
    const kernels = instantiateKernels(bytes);
    if (kernels) registerKernels(kernels);
    this.#buffer = kernels?.memory ?? new ArrayBuffer(bytes);
    this.#start = kernels ? SCRATCH_BYTES : 0;
  }

  /**
   * Takes an array of zeros.
   * @param length Number of floats, an integer >= 0.
   * @throws {RangeError} If `length` is no integer >= 0, or does not fit what is left.
   */
  float32(length: number): Float32Array {
    const left = this.bytes - this.#taken;
    if (!(Number.isInteger(length) && length >= 0 && 4 * length <= left)) {
      throw new RangeError(
        `Arena: length must be an integer >= 0 with at most the ${left} bytes left, got ${length}`,
      );
    }
    const array = new Float32Array(this.#buffer, this.#start + this.#taken, length);
    this.#taken = Math.min(
      this.bytes,
      this.#taken + ALIGNMENT * Math.ceil((4 * length) / ALIGNMENT),
    );
    return array;
  }
}
