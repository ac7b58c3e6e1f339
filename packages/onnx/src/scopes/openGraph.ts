import { copyGraph, copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { AttributeProto, GraphProto } from "../model/schema.js";
import { nestedGraphs } from "./walkGraphs.js";

/** A graph to be changed in place, and where the node is that holds it; the main graph has none. */
export interface OpenGraph {
  readonly graph: GraphProto;
  readonly holder?: { readonly graph: GraphProto; readonly at: number };
}

/**
 * Opens the graph of a scope: it and the graphs around it become copies of the model's own, whose items
 * are shared. What was opened before is not the model's any more, if it is nested.
 * @throws {Error} If the model has no such graph.
 */
export function openGraph(model: OnnxModel, scope: readonly string[]): OpenGraph {
  return scope.reduce(openNested, { graph: model.graph });
}

function openNested({ graph: outer }: OpenGraph, scope: string): OpenGraph {
  for (const [at, node] of outer.node.entries()) {
    const found = nestedGraphs(node).find(({ name }) => name === scope);
    if (found === undefined) continue;
    const graph = copyGraph(found.graph);
    const attribute = node.attribute.map(
      (item): AttributeProto => (item.g === found.graph ? copyMessage(item, { g: graph }) : item),
    );
    outer.node[at] = copyMessage(node, { attribute });
    return { graph, holder: { graph: outer, at } };
  }
  throw new Error(`openGraph: scope must be a graph of the model, got ${scope}`);
}
