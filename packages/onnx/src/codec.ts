import { fromBinary } from "@bufbuild/protobuf";
import { checkFunction, checkGraph } from "./checkGraph.js";
import { MAX_NESTED_MESSAGES, nestingError } from "./nesting.js";
import { type GraphProto, type ModelProto, ModelProtoSchema } from "./schema.js";

/**
 * A decoded model that has a graph. It keeps that graph: what changes a model changes the graph's lists, so that
 * who holds the graph sees it.
 */
export type OnnxModel = Omit<ModelProto, "graph"> & { readonly graph: GraphProto };

/** A model as a caller may hold it: the bytes of an .onnx file, or what `decodeModel` returned. */
export type ModelLike = Uint8Array | ModelProto;

/**
 * Reads an .onnx file. Weights are views of `bytes`, not copies; fields that the schema does not
 * name are kept.
 * @throws {Error} If the bytes are no ONNX model, graphs are nested more than 200 deep, or a tensor is
 * made twice, or read before it is made.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes, { recursionLimit: MAX_NESTED_MESSAGES });
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes("recursion depth")) {
      throw nestingError("decodeModel");
    }
    throw new Error(
      `decodeModel: bytes must be an ONNX model, got ${bytes.length} bytes that are no protobuf message of that kind`,
      { cause },
    );
  }
  return checkModel("decodeModel", model);
}

/** The decoded form of either, checked. */
export function modelOf(owner: string, model: ModelLike): OnnxModel {
  return model instanceof Uint8Array ? decodeModel(model) : checkModel(owner, model);
}

/** Checks what every transform leans on: a graph, standard operators, and tensors made once and before they are read. */
function checkModel(owner: string, model: ModelProto): OnnxModel {
  const { graph } = model;
  if (graph === undefined || graph.node.length + graph.input.length + graph.output.length === 0) {
    throw new Error(`${owner}: model must be an ONNX model with a graph, got none`);
  }
  if (!model.opsetImport.some(({ domain }) => isStandardDomain(domain))) {
    throw new Error(`${owner}: model must import the standard operators, got no opset for them`);
  }
  checkGraph(owner, graph);
  for (const body of model.functions) checkFunction(owner, body);
  return Object.assign(model, { graph });
}

/** True for the domain of the standard operators, which has two names. */
export const isStandardDomain = (domain: string): boolean => domain === "" || domain === "ai.onnx";

/** Version of the standard operators that a model, or a function in it, uses. */
export function opsetOf({ opsetImport }: Pick<ModelProto, "opsetImport">): number {
  return Number(opsetImport.find(({ domain }) => isStandardDomain(domain))?.version ?? 0);
}

/**
 * A copy to change: new lists of nodes, values, weights and metadata, whose items are those of
 * `model`. Weights are shared, so the copy is cheap; an item that must change is copied with
 * `copyMessage` first.
 */
export function copyModel(model: OnnxModel): OnnxModel {
  return copyMessage(model, {
    opsetImport: [...model.opsetImport],
    metadataProps: [...model.metadataProps],
    graph: copyGraph(model.graph),
  });
}

/** The same for one graph. */
export function copyGraph(graph: GraphProto): GraphProto {
  return copyMessage(graph, {
    node: [...graph.node],
    initializer: [...graph.initializer],
    input: [...graph.input],
    output: [...graph.output],
    valueInfo: [...graph.valueInfo],
  });
}

/** A message with some fields replaced and all others shared, unknown ones too (spread would lose the defaults). */
export function copyMessage<T extends object>(message: T, changes: Partial<T>): T {
  return Object.assign(Object.create(Object.getPrototypeOf(message)), message, changes);
}
