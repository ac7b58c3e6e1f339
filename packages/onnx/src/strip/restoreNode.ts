import { GraphBuilder } from "../emit/GraphBuilder.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { renameOutput } from "../model/rewire.js";
import type { NodeProto } from "../model/schema.js";
import { openGraph } from "../scopes/openGraph.js";
import { forgetSite, isSameScope, type Site, sitesOf } from "../sites/site.js";

/**
 * Puts the node back that a site replaced, in place, where the first of the nodes is that make its outputs
 * now, and returns what nothing reads then: their outputs, and the fields.
 */
export function restoreNode(model: OnnxModel, original: NodeProto, site: Site): string[] {
  const { graph } = openGraph(model, site.scope ?? []);
  const outputs = original.output.filter((name) => name !== "");
  const at = graph.node.findIndex(({ output }) => output.some((name) => outputs.includes(name)));
  const builder = new GraphBuilder(site.site, model.graph);
  const noisy = outputs.map(() => builder.uniqueName("noisy"));
  const others = outputs.reduce(
    (nodes, name, i) => renameOutput(nodes, name, noisy[i]),
    graph.node,
  );
  graph.node = [...others.slice(0, at), original, ...others.slice(at)];
  // All parts of a variant may stand in one node's place.
  const parts = sitesOf(model).filter(
    (other) =>
      other.site === site.site && other.replaces === site.replaces && isSameScope(other, site),
  );
  for (const part of parts) forgetSite(model, part);
  return [...noisy, ...parts.map(({ field }) => field)];
}
