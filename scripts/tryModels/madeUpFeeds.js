// @ts-check
import { drawNormal, drawUniform } from "../../packages/core/dist/adapter.js";
import { tensorInfoOf, tensorTypeOf } from "../../packages/onnx/dist/graph.js";

/** @typedef {import("./runtime.js").Ort} Ort */
/** @typedef {import("../../packages/onnx/dist/index.js").OnnxModel} OnnxModel */
/** @typedef {Record<string, InstanceType<Ort["Tensor"]>>} Feeds */

/** @typedef {Readonly<Record<string, number>>} Sizes */

/**
 * Sizes to try for what a model only names: a batch is small, and of other axes convolutions need more than one.
 * @param {OnnxModel} model
 * @returns {Sizes[]}
 */
export function candidateSizes(model) {
  const dims = inputsOf(model).map((input) => tensorInfoOf(input)?.dims ?? []);
  const isNamed = (/** @type {unknown} */ dim) => typeof dim === "string";
  const batches = dims.flatMap((sizes) => sizes.slice(0, 1)).filter(isNamed);
  const others = dims.flatMap((sizes) => sizes.slice(1)).filter(isNamed);
  return [32, 8, 2, 1, 64, 224].map((size) => ({
    ...Object.fromEntries(others.map((name) => [name, size])),
    ...Object.fromEntries(batches.map((name) => [name, Math.min(size, 2)])),
  }));
}

/**
 * The inputs that a model must be given.
 * @param {OnnxModel} model
 */
function inputsOf({ graph }) {
  const weights = new Set(graph.initializer.map(({ name }) => name));
  return graph.input.filter(({ name }) => !weights.has(name));
}

/**
 * Inputs for a model: normals, small integers, true; undefined where an input is no tensor.
 * @param {Ort} ort
 * @param {OnnxModel} model
 * @param {Sizes} sizes Of what the model only names.
 * @returns {Feeds | undefined}
 */
export function madeUpFeeds({ Tensor }, model, sizes) {
  /** @type {Feeds} */
  const feeds = {};
  for (const input of inputsOf(model)) {
    const info = tensorInfoOf(input);
    if (info === undefined) return undefined;
    const dims = info.dims.map((dim) => (typeof dim === "number" ? dim : sizes[dim]));
    const count = dims.reduce((product, dim) => product * dim, 1);
    // The runtime takes strings too; the types name what the packages compute with.
    const type = tensorTypeOf(info.dataType) ?? "string";
    const make = makers[type];
    if (make === undefined || count > 2 ** 27) return undefined;
    // Strings are the runtime's; the types name what the packages compute with.
    const known = /** @type {import("../../packages/onnx/dist/graph.js").TensorType} */ (type);
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
