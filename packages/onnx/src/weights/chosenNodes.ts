import { checkRead, isReadIn } from "../insert/readNodes.js";
import { nearMisses } from "../labels/nearMisses.js";
import { nodeName } from "../labels/nodeName.js";
import type { NodeProto } from "../model/schema.js";
import type { GraphFacts } from "./graphFacts.js";
import { hasWeights } from "./weightedLayer.js";

/** Which nodes: those of names, those of operator types that have constant float weights and are read, or those that a predicate picks. */
export type WhichNodes =
  | { readonly name: string | readonly string[] }
  | { readonly opType: string | readonly string[] }
  | ((node: NodeProto) => boolean);

/**
 * The chosen nodes, in the order of the graph.
 * @throws {Error} If a name is not in the model, nothing is chosen, or nothing reads a node that is.
 */
export function chosenNodes(facts: GraphFacts, which: WhichNodes): readonly NodeProto[] {
  const { owner, graph, whole } = facts;
  const nodes = graph.node;
  if (typeof which === "object" && "name" in which) {
    const names = [which.name].flat();
    const known = new Map(nodes.map((node) => [nodeName(node), node]));
    for (const name of names) {
      if (!known.has(name)) {
        throw new Error(
          `${owner}: node must be in the model, got ${name}${nearMisses(name, known.keys())}`,
        );
      }
    }
    const chosen = nodes.filter((node) => names.includes(nodeName(node)));
    checkRead(owner, whole, chosen);
    return chosen;
  }
  if (typeof which === "function") {
    const chosen = nodes.filter(which);
    checkRead(owner, whole, chosen);
    if (chosen.length > 0) return chosen;
    throw new Error(`${owner}: nodes must choose a node, got a predicate that is true for none`);
  }
  const types = [which.opType].flat();
  const chosen = nodes.filter(({ opType }) => types.includes(opType));
  // A product of two activations is no layer; an operator that has no weights at all is told so.
  const layers = chosen.filter((node) => hasWeights(facts, node));
  const read = layers.filter(isReadIn(whole));
  if (read.length > 0) return read;
  checkRead(owner, whole, layers);
  const known = new Set(nodes.map(({ opType }) => opType));
  const got = chosen.length === 0 ? "none" : `${chosen.length} without constant float weights`;
  throw new Error(
    `${owner}: nodes must choose a node, got ${got} of type ${types.join(", ")} (the model has ${[...known].join(", ")})`,
  );
}
