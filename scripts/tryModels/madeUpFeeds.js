// @ts-check
import { drawNormal, drawUniform } from "../../packages/core/dist/index.js";
import { tensorInfoOf, tensorTypeOf } from "../../packages/onnx/dist/index.js";

/** @typedef {import("./runtime.js").Ort} Ort */
/** @typedef {Record<string, InstanceType<Ort["Tensor"]>>} Feeds */

/** Sizes to try for what a model only names: most take two of a thing, convolutions need more. */
export const candidateSizes = [2, 1, 8, 32, 64, 224];

/**
 * The inputs that a model must be given.
 * @param {import("../../packages/onnx/dist/index.js").OnnxModel} model
 */
export function inputsOf({ graph }) {
  const weights = new Set(graph.initializer.map(({ name }) => name));
  return graph.input.filter(({ name }) => !weights.has(name));
}

/**
 * Inputs for a model: normals, small integers, true; undefined where an input is no tensor.
 * @param {Ort} ort
 * @param {import("../../packages/onnx/dist/index.js").OnnxModel} model
 * @param {number} size Of all sizes that the model only names.
 * @returns {Feeds | undefined}
 */
export function madeUpFeeds({ Tensor }, model, size) {
  /** @type {Feeds} */
  const feeds = {};
  for (const input of inputsOf(model)) {
    const info = tensorInfoOf(input);
    if (info === undefined) return undefined;
    const dims = info.dims.map((dim) => (typeof dim === "number" ? dim : size));
    const count = dims.reduce((product, dim) => product * dim, 1);
    // The runtime takes strings too; the types name what the packages compute with.
    const type = tensorTypeOf(info.dataType) ?? "string";
    const make = makers[type];
    if (make === undefined || count > 2 ** 27) return undefined;
    // Strings are the runtime's; the types name what the packages compute with.
    const known = /** @type {import("../../packages/onnx/dist/index.js").TensorType} */ (type);
    feeds[input.name] = new Tensor(known, make({ shape: [count], site: input.name }), dims);
  }
  return feeds;
}

/** @typedef {{ shape: number[], site: string }} Draw */

/** @param {Draw} draw */
const normals = (draw) => drawNormal({ ...draw, seed: 0, step: 0 });

/** @param {Draw} draw */
const zerosAndOnes = (draw) => drawUniform({ ...draw, seed: 0, step: 0 }).map(Math.round);

/** @type {Record<string, (draw: Draw) => any>} */
const makers = {
  float32: normals,
  float64: (draw) => Float64Array.from(normals(draw)),
  int32: (draw) => Int32Array.from(zerosAndOnes(draw)),
  int64: (draw) => BigInt64Array.from(zerosAndOnes(draw), BigInt),
  uint8: (draw) => Uint8Array.from(zerosAndOnes(draw)),
  uint32: (draw) => Uint32Array.from(zerosAndOnes(draw)),
  bool: ({ shape: [count] }) => new Uint8Array(count).fill(1),
  string: ({ shape: [count] }) => new Array(count).fill("a"),
};
