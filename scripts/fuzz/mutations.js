// @ts-check

import { copyModel } from "../../packages/onnx/dist/graph.js";
import { decodeModel, encodeModel } from "../../packages/onnx/dist/index.js";

/** @typedef {import("../../packages/onnx/dist/index.js").OnnxModel} OnnxModel */
/** @typedef {(count: number) => number} Pick An index below a count. */

/**
 * Files that are wrong in one way, made of a right one.
 * @type {Record<string, (file: Uint8Array, pick: Pick) => Uint8Array>}
 */
export const mutations = {
  "a flipped bit": (file, pick) => {
    const bytes = file.slice();
    bytes[pick(bytes.length)] ^= 1 << pick(8);
    return bytes;
  },
  "eight other bytes": (file, pick) => {
    const bytes = file.slice();
    for (let i = 0; i < 8; i++) bytes[pick(bytes.length)] = pick(256);
    return bytes;
  },
  "an end that is cut off": (file, pick) => file.slice(0, pick(file.length)),
  "a piece that is cut out": (file, pick) => {
    const at = pick(file.length);
    return Uint8Array.of(...file.subarray(0, at), ...file.subarray(at + 1 + pick(32)));
  },
  "a piece twice": (file, pick) => {
    const at = pick(file.length);
    const end = at + 1 + pick(64);
    return Uint8Array.of(...file.subarray(0, end), ...file.subarray(at));
  },
  // A tag's low three bits are its wire type.
  "another wire type": (file, pick) => {
    const bytes = file.slice();
    const at = pick(bytes.length);
    bytes[at] = (bytes[at] & ~7) | pick(8);
    return bytes;
  },
  "a huge length or number": (file, pick) => {
    const at = pick(file.length);
    return Uint8Array.of(...file.subarray(0, at), 255, 255, 255, 255, 15, ...file.subarray(at + 1));
  },
  "a huge size": changed((model, pick) => {
    const dims = anyOf(model.graph.initializer, pick)?.dims ?? [];
    dims[pick(dims.length + 1)] = 2n ** BigInt(31 + pick(32));
  }),
  "a negative size": changed((model, pick) => {
    const dims = anyOf(model.graph.initializer, pick)?.dims ?? [];
    dims[pick(dims.length + 1)] = -(2n ** BigInt(pick(63)));
  }),
  "a huge or negative size of an input": changed((model, pick) => {
    const type = anyOf([...model.graph.input, ...model.graph.valueInfo], pick)?.type?.value;
    const dims = type?.case === "tensorType" ? (type.value.shape?.dim ?? []) : [];
    const dim = anyOf(dims, pick);
    const value = BigInt.asIntN(64, 1n << BigInt(pick(64)));
    if (dim) dim.value = { case: "dimValue", value };
  }),
  "another input of a node": changed((model, pick) => {
    const inputs = anyOf(model.graph.node, pick)?.input ?? [];
    inputs[pick(inputs.length + 1)] = anyName(model, pick);
  }),
  "an input too few": changed((model, pick) => {
    anyOf(model.graph.node, pick)?.input.pop();
  }),
  "a name that is there": changed((model, pick) => {
    const node = anyOf(model.graph.node, pick);
    if (node) node.output[pick(node.output.length)] = anyName(model, pick);
  }),
  "nodes in another order": changed((model, pick) => {
    const [node] = model.graph.node.splice(pick(model.graph.node.length), 1);
    model.graph.node.splice(pick(model.graph.node.length + 1), 0, node);
  }),
  "another operator": changed((model, pick) => {
    const node = anyOf(model.graph.node, pick);
    if (node) node.opType = anyOf(model.graph.node, pick)?.opType ?? "";
  }),
  "another attribute": changed((model, pick) => {
    const attribute = anyOf(anyOf(model.graph.node, pick)?.attribute ?? [], pick);
    if (attribute === undefined) return;
    attribute.i = BigInt.asIntN(64, 1n << BigInt(pick(64)));
    attribute.ints = attribute.ints.map(() => attribute.i);
  }),
  "another record of a site": changed((model, pick) => {
    const entry = anyOf(model.metadataProps, pick);
    if (entry === undefined) return;
    const at = pick(entry.value.length);
    entry.value = `${entry.value.slice(0, at)}${pick(10)}${entry.value.slice(at + pick(3))}`;
  }),
};

/**
 * A mutation of bytes out of one of a decoded model.
 * @param {(model: OnnxModel, pick: Pick) => void} change
 * @returns {(file: Uint8Array, pick: Pick) => Uint8Array}
 */
function changed(change) {
  return (file, pick) => {
    const model = copyModel(decodeModel(file));
    change(model, pick);
    return encodeModel(model);
  };
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {Pick} pick
 * @returns {T | undefined}
 */
const anyOf = (items, pick) => items[pick(Math.max(1, items.length))];

/**
 * @param {OnnxModel} model
 * @param {Pick} pick
 */
function anyName({ graph }, pick) {
  const names = [...graph.input, ...graph.initializer].map(({ name }) => name);
  return anyOf([...names, ...graph.node.flatMap(({ output }) => output)], pick) ?? "";
}
