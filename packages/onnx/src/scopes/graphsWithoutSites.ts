import type { OnnxModel } from "../model/OnnxModel.js";
import type { NodeProto } from "../model/schema.js";
import { isSameScope, sitesOf } from "../sites/site.js";
import { nodesOfSites } from "./nodesOfSites.js";
import { type ScopedGraph, walkGraphs } from "./walkGraphs.js";

/** A graph and its nodes, without those that sites of ours added. */
export interface GraphWithoutSites {
  readonly scoped: ScopedGraph;
  readonly nodes: readonly NodeProto[];
}

/** A model's graphs, without those that are nested in nodes of sites. */
export function graphsWithoutSites(model: OnnxModel): GraphWithoutSites[] {
  const sites = sitesOf(model);
  const ours = new Set<NodeProto>();
  return walkGraphs(model.graph).flatMap((scoped): GraphWithoutSites[] => {
    const { graph, holder } = scoped;
    const here = nodesOfSites(
      graph,
      sites.filter((site) => isSameScope(site, scoped)),
    );
    const isOurs = holder !== undefined && ours.has(holder.node);
    for (const node of isOurs ? graph.node : here) ours.add(node);
    return isOurs ? [] : [{ scoped, nodes: graph.node.filter((node) => !here.has(node)) }];
  });
}
