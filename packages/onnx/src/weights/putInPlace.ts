import type { GraphBuilder } from "../GraphBuilder.js";
import type { GraphProto, NodeProto } from "../schema.js";

/** Puts nodes in the place of one, and the constants that they read into the graph. */
export function putInPlace(
  graph: GraphProto,
  node: NodeProto,
  { nodes, builder }: { readonly nodes: readonly NodeProto[]; readonly builder: GraphBuilder },
): void {
  const at = graph.node.indexOf(node);
  graph.node = [...graph.node.slice(0, at), ...nodes, ...graph.node.slice(at + 1)];
  graph.initializer.push(...builder.initializers);
}
