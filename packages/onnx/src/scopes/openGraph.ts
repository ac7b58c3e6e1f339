import { copyGraph, copyMessage, type OnnxModel } from "../codec.js";
import type { AttributeProto, GraphProto } from "../schema.js";
import { nestedGraphs } from "./walkGraphs.js";

/**
 * The graph of a scope, to be changed in place: it and the graphs around it become copies of the
 * model's own, whose items are shared.
 * @throws {Error} If the model has no such graph.
 */
export function openGraph(model: OnnxModel, scope: readonly string[]): GraphProto {
  return scope.reduce(openNested, model.graph);
}

function openNested(outer: GraphProto, scope: string): GraphProto {
  for (const [at, node] of outer.node.entries()) {
    const found = nestedGraphs(node).find(({ name }) => name === scope);
    if (found === undefined) continue;
    const graph = copyGraph(found.graph);
    const attribute = node.attribute.map(
      (item): AttributeProto => (item.g === found.graph ? copyMessage(item, { g: graph }) : item),
    );
    outer.node[at] = copyMessage(node, { attribute });
    return graph;
  }
  throw new Error(`openGraph: scope must be a graph of the model, got ${scope}`);
}
