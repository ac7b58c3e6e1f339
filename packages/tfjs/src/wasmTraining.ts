/**
 * Training on the wasm backend, for models with dropout or without: opt-in, since it changes the backend's kernels.
 * @packageDocumentation
 */
export { prepareWasmTraining } from "./wasmTraining/prepareWasmTraining.js";
