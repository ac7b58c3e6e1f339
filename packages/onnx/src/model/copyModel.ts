import type { OnnxModel } from "./OnnxModel.js";
import type { GraphProto } from "./schema.js";

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
