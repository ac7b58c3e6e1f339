// @ts-check
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** @typedef {import("../../packages/onnx-training/dist/index.js").OrtLike} Ort */

/**
 * A flavour of onnxruntime that the packages are tested with, on one thread and quiet.
 * @param {string} flavour `node` or `web`
 * @returns {Promise<Ort>}
 */
export async function openRuntime(flavour) {
  const { resolve } = createRequire(new URL("../../packages/onnx/package.json", import.meta.url));
  const loaded = await import(pathToFileURL(resolve(`onnxruntime-${flavour}`)).href);
  const ort = loaded.default ?? loaded;
  if (flavour === "web") ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "fatal";
  return ort;
}

/** What a session is opened with: no log, and one thread, so that two runs of a model give equal bits. */
export const sessionOptions = /** @type {const} */ ({
  logSeverityLevel: 4,
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
