import type { GraphProto, ModelProto } from "./schema.js";

/**
 * A decoded model that has a graph. It keeps that graph: what changes a model changes the graph's lists, so that
 * who holds the graph sees it.
 */
export type OnnxModel = Omit<ModelProto, "graph"> & { readonly graph: GraphProto };

/** A model as a caller may hold it: the bytes of an .onnx file, or what `decodeModel` returned. */
export type ModelLike = Uint8Array | ModelProto;
