import { nodeName } from "../labels/nodeName.js";
import type { GraphProto, NodeProto } from "../model/schema.js";

/** A graph of a model, and how it is nested. */
export interface ScopedGraph {
  readonly graph: GraphProto;
  /** Names of the graphs around and of this one, from the outside in; of the main graph none. */
  readonly scope: readonly string[];
  /** The node that holds the graph, and the graph that the node is in; of the main graph none. */
  readonly holder?: { readonly node: NodeProto; readonly outer: ScopedGraph };
}

/** A graph and all that are nested in it, each before those in it, in the order of the nodes. */
export function walkGraphs(graph: GraphProto): ScopedGraph[] {
  return walk({ graph, scope: [] });
}

function walk(outer: ScopedGraph): ScopedGraph[] {
  const inner = outer.graph.node.flatMap((node) =>
    nestedGraphs(node).map(({ name, graph }) => ({
      graph,
      scope: [...outer.scope, name],
      holder: { node, outer },
    })),
  );
  return [outer, ...inner.flatMap(walk)];
}

/**
 * The graph of a scope.
 * @throws {Error} If there is none.
 */
export function scopedGraph(graph: GraphProto, scope: readonly string[]): ScopedGraph {
  if (scope.length === 0) return { graph, scope };
  const wanted = JSON.stringify(scope);
  const found = walkGraphs(graph).find((scoped) => JSON.stringify(scoped.scope) === wanted);
  if (found !== undefined) return found;
  throw new Error(`scopedGraph: scope must be a graph of the model, got ${scope.join("/")}`);
}

/** The graphs in a node's attributes by their names: the node's, and `<node>/<attribute>` where it has several, as `If` does. */
export function nestedGraphs(node: NodeProto): { name: string; graph: GraphProto }[] {
  const found = node.attribute.flatMap(({ name, g }) =>
    g === undefined ? [] : [{ attribute: name, graph: g }],
  );
  const name = nodeName(node);
  return found.map(({ attribute, graph }) => ({
    name: found.length > 1 ? `${name}/${attribute}` : name,
    graph,
  }));
}
