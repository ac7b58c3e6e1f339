import { nodeLabel } from "../labels/nodeLabel.js";
import { countUses } from "../model/rewire.js";
import type { GraphProto, NodeProto } from "../model/schema.js";

/** Whether a node or the graph itself reads an output of a graph's node. */
export function isReadIn(graph: GraphProto): (node: NodeProto) => boolean {
  const uses = countUses(graph);
  return ({ output }) => output.some((name) => name !== "" && uses.has(name));
}

/**
 * Noise in a node that nobody reads has no effect.
 * @throws {Error} If a node's outputs are not read.
 */
export function checkRead(owner: string, graph: GraphProto, nodes: readonly NodeProto[]): void {
  const isRead = isReadIn(graph);
  const unread = nodes.find((node) => !isRead(node));
  if (unread === undefined) return;
  throw new Error(
    `${owner}: ${nodeLabel(unread)} must have an output that is read, got ${unread.output.filter(Boolean).join(", ") || "none"}, which nothing reads`,
  );
}
