import { create, fromBinary } from "@bufbuild/protobuf";
import { nodeLabel } from "../labels/nodeLabel.js";
import { newestOpsetOf } from "../opset/irVersions.js";
import { checkFunction, checkGraph } from "./checkGraph.js";
import { copyMessage } from "./copyModel.js";
import { MAX_NESTED_MESSAGES, nestingError } from "./nesting.js";
import type { ModelLike, OnnxModel } from "./OnnxModel.js";
import { isStandardDomain } from "./opsetOf.js";
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  OperatorSetIdProtoSchema,
} from "./schema.js";
import { sortGraph, sortNodes } from "./sortGraph.js";

/**
 * Reads an .onnx file. Weights are views of `bytes`, not copies; fields that the schema does not
 * name are kept.
 * @throws {Error} If the bytes are no ONNX model, graphs are nested more than 200 deep, a tensor is made twice or
 * not at all, or nodes read each other's results.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  return checkModel("decodeModel", parseModel("decodeModel", bytes));
}

/** What a file holds, unchecked, and its nodes as they stand there. */
export function parseModel(owner: string, bytes: Uint8Array): ModelProto {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${owner}: bytes must be a Uint8Array, got ${String(bytes)}`);
  }
  try {
    return fromBinary(ModelProtoSchema, bytes, { recursionLimit: MAX_NESTED_MESSAGES });
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes("recursion depth")) {
      throw nestingError(owner);
    }
    throw new Error(
      `${owner}: bytes must be an ONNX model, got ${bytes.length} bytes that are no protobuf message of that kind`,
      { cause },
    );
  }
}

/**
 * The decoded form of either, checked and with its nodes in order. A model of other operators alone, such as those of
 * `ai.onnx.ml`, imports none of the standard ones; it gets the newest of its IR version, for what is put in.
 */
export function modelOf(owner: string, model: ModelLike): OnnxModel {
  const checked =
    model instanceof Uint8Array
      ? checkModel(owner, parseModel(owner, model))
      : checkModel(owner, model);
  if (checked.opsetImport.some(({ domain }) => isStandardDomain(domain))) return checked;
  const version = BigInt(newestOpsetOf(checked.irVersion));
  const added = create(OperatorSetIdProtoSchema, { domain: "", version });
  return copyMessage(checked, { opsetImport: [...checked.opsetImport, added] });
}

/** Checks what every transform leans on: a graph, operators of known versions, and tensors made once; a copy where nodes stand before what they read. */
function checkModel(owner: string, model: ModelProto): OnnxModel {
  const graph: GraphProto | undefined = model?.graph;
  if (
    !Array.isArray(graph?.node) ||
    graph.node.length + graph.input.length + graph.output.length === 0
  ) {
    throw new Error(`${owner}: model must be an ONNX model with a graph, got none`);
  }
  const sorted = sortGraph(owner, graph);
  checkImports(owner, model, sorted);
  checkGraph(owner, sorted);
  const functions = model.functions.map((body) => {
    const node = sortNodes(owner, body.node);
    return node === body.node ? body : copyMessage(body, { node });
  });
  for (const body of functions) checkFunction(owner, body);
  const isSame = sorted === graph && functions.every((body, i) => body === model.functions[i]);
  return Object.assign(isSame ? model : copyMessage(model, { functions }), { graph: sorted });
}

/** @throws {Error} If the model uses a standard operator, and does not say of which version. */
function checkImports(owner: string, model: ModelProto, graph: GraphProto): void {
  if (model.opsetImport.some(({ domain }) => isStandardDomain(domain))) return;
  // The first two versions of the format had one version of the operators, and did not say it.
  if (model.irVersion < 3n && model.opsetImport.length === 0) return;
  const node = standardNodeIn(graph);
  if (node === undefined) return;
  throw new Error(
    `${owner}: model must import the standard operators, got no opset for ${nodeLabel(node)}`,
  );
}

function standardNodeIn({ node }: GraphProto): NodeProto | undefined {
  for (const item of node) {
    if (isStandardDomain(item.domain)) return item;
    for (const { g, graphs } of item.attribute) {
      for (const graph of g === undefined ? graphs : [g, ...graphs]) {
        const found = standardNodeIn(graph);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}
