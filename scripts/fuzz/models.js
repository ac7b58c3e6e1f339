// @ts-check

import {
  copyMessage,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
} from "../../packages/onnx/dist/graph.js";
import {
  decodeModel,
  dropout,
  encodeModel,
  insertDropout,
} from "../../packages/onnx/dist/index.js";

/** @typedef {import("../../packages/onnx/dist/index.js").OnnxModel} OnnxModel */
/** @typedef {import("../../packages/onnx/dist/graph.js").GraphProto} GraphProto */

const x = makeValueInfo("x", { type: "float32", dims: ["batch", 4] });
const relu = { variant: dropout({ rate: 0.5 }), after: { opType: "Relu" } };
const y = makeValueInfo("y", { type: "float32", dims: ["batch", 4] });

/**
 * Models of every kind of part that a transform walks over, as files.
 * @returns {Uint8Array[]}
 */
export function seedFiles() {
  const plain = layers();
  const models = [
    plain,
    insertDropout(plain, relu),
    insertDropout(plain, { ...relu, noise: "graph" }),
    loop(),
    nested(3),
    nested(12),
    withExternalData(),
    decodeModel(withFunction()),
  ];
  return models.map((model) => encodeModel(model));
}

/** Layers with constants of each kind, and a Dropout node. */
function layers() {
  const builder = new GraphBuilder();
  const data = Float32Array.from({ length: 16 }, (_, i) => i / 8);
  const w = builder.constant(makeTensor({ name: "w", type: "float32", dims: [4, 4], data }));
  const shape = makeTensor({
    name: "shape",
    type: "int64",
    dims: [2],
    data: BigInt64Array.of(-1n, 4n),
  });
  const hidden = builder.op("Relu", [builder.op("MatMul", ["x", w])], { name: "hidden" });
  const target = builder.op("Constant", [], { attributes: { value: shape } });
  const shaped = builder.op("Reshape", [hidden, target]);
  const flat = builder.op("Flatten", [shaped], { attributes: { axis: -1 } });
  const turned = builder.op("Transpose", [builder.op("Reshape", [flat, builder.ints([-1, 4])])], {
    attributes: { perm: [1, 0] },
  });
  const sum = builder.op("Gemm", [turned, w], { attributes: { transA: 1, alpha: { float: 2 } } });
  const dropped = builder.op("Dropout", [sum, builder.scalar("float32", 0.25)], {
    outputs: ["dropped", "mask"],
  });
  builder.op("Relu", [dropped], { name: "last", outputs: ["y"] });
  return builder.model({ name: "layers", inputs: [x], outputs: [y], opset: 18 });
}

/** Graphs in one another, `depth` of them, each of which reads what its outer graph makes. */
function nested(/** @type {number} */ depth) {
  let inner = graphOf(new GraphBuilder(), "t0");
  for (let level = 1; level < depth; level++) {
    const builder = new GraphBuilder();
    builder.op("If", ["flag"], {
      outputs: [`t${level}`],
      attributes: { then_branch: inner, else_branch: graphOf(new GraphBuilder(), `e${level}`) },
    });
    inner = graphOf(builder, `t${level}`, false);
  }
  const builder = new GraphBuilder();
  const flag = makeValueInfo("flag", { type: "bool", dims: [] });
  builder.op("Relu", ["x"], { outputs: ["r"] });
  builder.op("If", ["flag"], {
    outputs: ["y"],
    attributes: { then_branch: inner, else_branch: graphOf(new GraphBuilder(), "e") },
  });
  return builder.model({ name: "nested", inputs: [x, flag], outputs: [y], opset: 17 });
}

/** A graph without inputs of what was collected; with a Relu of the outer graph's `r` unless that is not wanted. */
function graphOf(
  /** @type {GraphBuilder} */ builder,
  /** @type {string} */ output,
  withRelu = true,
) {
  if (withRelu) builder.op("Relu", ["r"], { name: output, outputs: [output] });
  const value = makeValueInfo(output, { type: "float32", dims: ["batch", 4] });
  return builder.model({ name: output, inputs: [], outputs: [value], opset: 17 }).graph;
}

/** A loop whose body reads an outer tensor. */
function loop() {
  const flag = /** @type {const} */ ({ type: "bool", dims: [] });
  const rows = /** @type {const} */ ({ type: "float32", dims: ["batch", 4] });
  const body = new GraphBuilder();
  body.op("Identity", ["going"], { outputs: ["goes"] });
  body.op("Add", ["carried", "r"], { outputs: ["next"] });
  const { graph } = body.model({
    name: "body",
    inputs: [
      makeValueInfo("i", { type: "int64", dims: [] }),
      makeValueInfo("going", flag),
      makeValueInfo("carried", rows),
    ],
    outputs: [makeValueInfo("goes", flag), makeValueInfo("next", rows)],
    opset: 17,
  });
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { outputs: ["r"] });
  builder.op("Loop", [builder.scalar("int64", 3), "", "r"], {
    outputs: ["y"],
    attributes: { body: graph },
  });
  return builder.model({ name: "loop", inputs: [x], outputs: [y], opset: 17 });
}

/** The layers with their weights in another file. */
function withExternalData() {
  const model = layers();
  const [record] = insertDropout(model, relu).metadataProps;
  const entry = (/** @type {string} */ key, /** @type {string} */ value) =>
    copyMessage(record, { key, value });
  const [w] = model.graph.initializer;
  w.rawData = new Uint8Array();
  w.dataLocation = 1;
  w.externalData = [entry("location", "w.bin"), entry("offset", "0"), entry("length", "64")];
  return model;
}

/** A file with a model-local function, which is field 25: name 1, input 4, output 5, node 7. */
function withFunction() {
  const node = [...text(1, "a"), ...text(2, "b"), ...text(4, "Relu")];
  const body = [...text(1, "Twice"), ...text(4, "a"), ...text(5, "b"), ...field(7, node)];
  return Uint8Array.of(...encodeModel(loop()), ...field(25, body));
}

const text = (/** @type {number} */ number, /** @type {string} */ value) =>
  field(number, [...new TextEncoder().encode(value)]);

/**
 * Bytes behind the tag of their field.
 * @param {number} number
 * @param {readonly number[]} bytes
 */
const field = (number, bytes) => [...header(number, bytes.length), ...bytes];

/**
 * @param {number} number
 * @param {number} length
 */
function header(number, length) {
  return [...varint((number << 3) | 2), ...varint(length)];
}

function varint(/** @type {number} */ value) {
  const bytes = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

/**
 * A file of graphs in one another that no writer of ours would write: a graph is field 7 of a model
 * and 6 of an attribute, an attribute 5 of a node, a node 1 of a graph.
 * @param {number} depth
 */
export function deepFile(depth) {
  /** @type {number[][]} */
  const headers = [];
  let length = 0;
  const wrap = (/** @type {number} */ number, /** @type {readonly number[]} */ before = []) => {
    headers.push([...before, ...header(number, length)]);
    length += headers[headers.length - 1].length;
  };
  for (let level = 0; level < depth; level++) {
    wrap(6, text(1, "body"));
    wrap(5, text(4, "If"));
    wrap(1);
  }
  const opset = field(8, [0x10, 17]);
  wrap(7, opset);
  return Uint8Array.from(headers.reverse().flat());
}
