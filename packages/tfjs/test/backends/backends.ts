import "@tensorflow/tfjs-backend-wasm";

/** The tfjs backends that run in Node. */
export const backends: readonly string[] = ["cpu", "wasm"];
