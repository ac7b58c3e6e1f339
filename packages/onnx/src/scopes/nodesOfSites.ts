import type { GraphProto, NodeProto } from "../model/schema.js";
import { replacedBy, type Site } from "../sites/site.js";

/** The nodes that sites of ours added to a graph: from what a site made back to what it stands on. */
export function nodesOfSites(graph: GraphProto, sites: readonly Site[]): Set<NodeProto> {
  const found = new Set<NodeProto>();
  if (sites.length === 0) return found;
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  for (const site of sites) {
    const original = replacedBy(site);
    const stops = new Set([site.x, ...(original?.input ?? [])]);
    const results = [site.output, ...(original?.output ?? [])];
    const pending = [...results];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const node = makers.get(name);
      if (node === undefined || found.has(node)) continue;
      // A site may read shapes of tensors that are not its own; its nodes have its name in front. One that
      // stands for a node of the model may have that node's name, and is none of them.
      const isAdded = node.name.startsWith(`${site.site}/`);
      if (isAdded) found.add(node);
      else if (!results.includes(name)) continue;
      pending.push(...node.input.filter((input) => !stops.has(input)));
    }
  }
  return found;
}
