import * as tf from "@tensorflow/tfjs";
import { addFilterGradient } from "./addFilterGradient.js";
import { transposeBeforeMatMul } from "./transposeBeforeMatMul.js";

/**
 * Lets models train on the wasm backend of tfjs 4.22: registers the gradient of a convolution by its filter, which
 * the backend lacks, and replaces its matrix product, which is many times slower where an operand is transposed, as in
 * each backward pass, than a transposition before it. All later models on that backend use both, also those without
 * dropout. A second call changes nothing; a kernel that the backend has by then stays.
 * @throws {Error} If the wasm backend was not imported before.
 */
export function prepareWasmTraining(): void {
  if (tf.getKernel("BatchMatMul", "wasm") === undefined) {
    throw new Error(
      "prepareWasmTraining: @tensorflow/tfjs-backend-wasm must be imported before, got no kernels of it",
    );
  }
  transposeBeforeMatMul();
  addFilterGradient();
}
