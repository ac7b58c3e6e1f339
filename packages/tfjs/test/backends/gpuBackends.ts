import "@tensorflow/tfjs-backend-webgpu";

/** The tfjs backends that run on the GPU of a page. */
export const gpuBackends: readonly string[] = ["webgl", "webgpu"];
