import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { NodeProto } from "../model/schema.js";

/** Puts nodes in the place of one of a model's main graph, and the constants that they read into it. */
export function replaceNode(
  model: OnnxModel,
  node: NodeProto,
  { nodes, builder }: { readonly nodes: readonly NodeProto[]; readonly builder: GraphBuilder },
): void {
  const { graph } = model;
  const at = graph.node.indexOf(node);
  graph.node = [...graph.node.slice(0, at), ...nodes, ...graph.node.slice(at + 1)];
  builder.addConstantsTo(model);
}
