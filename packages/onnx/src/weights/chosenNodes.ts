import type { Place } from "@dropoutkit/core";
import { copyMessage, type OnnxModel } from "../codec.js";
import { nearMisses } from "../nearMisses.js";
import type { NodeProto } from "../schema.js";
import { replacedBy, sitesOf } from "../site.js";
import { type GraphFacts, nodeName } from "./graphFacts.js";
import { hasWeights } from "./weightedLayer.js";

/** Which nodes: those of names, those of operator types that have constant float weights, or those that a predicate picks. */
export type WhichNodes =
  | { readonly name: string | readonly string[] }
  | { readonly opType: string | readonly string[] }
  | ((node: NodeProto) => boolean);

/**
 * The chosen nodes of the model's own, in the order of the graph: not those that sites of ours are made
 * of, but those that sites stand for.
 * @throws {Error} If a name is not in the model, or nothing is chosen.
 */
export function chosenNodes(
  facts: GraphFacts,
  model: OnnxModel,
  which: WhichNodes,
): readonly NodeProto[] {
  const { owner } = facts;
  const nodes = ownNodes(model);
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
    return nodes.filter((node) => names.includes(nodeName(node)));
  }
  if (typeof which === "function") {
    const chosen = nodes.filter(which);
    if (chosen.length > 0) return chosen;
    throw new Error(
      `${owner}: nodes must choose a node, got a predicate that is true for none`,
    );
  }
  const types = [which.opType].flat();
  const chosen = nodes.filter(({ opType }) => types.includes(opType));
  // A product of two activations is no layer; an operator that has no weights at all is told so.
  const layers = chosen.filter((node) => hasWeights(facts, node));
  if (layers.length > 0) return layers;
  const known = new Set(nodes.map(({ opType }) => opType));
  const got = chosen.length === 0 ? "none" : `${chosen.length} without constant float weights`;
  throw new Error(
    `${owner}: nodes must choose a node, got ${got} of type ${types.join(", ")} (the model has ${[...known].join(", ")})`,
  );
}

/** The nodes of a graph without our sites: weights that noise was put on are read as they were. */
function ownNodes(model: OnnxModel): NodeProto[] {
  const { node } = model.graph;
  const maker = new Map(node.flatMap((item) => item.output.map((name) => [name, item])));
  const made = new Set<NodeProto>();
  const standsFor = new Map<NodeProto | undefined, NodeProto>();
  const clean = new Map<string, string>();
  for (const site of sitesOf(model)) {
    const original = replacedBy(site);
    if (!original && weightPlaces.includes(site.part.at)) clean.set(site.output, site.x);
    const stops = new Set(original?.input ?? [site.x]);
    if (original) standsFor.set(maker.get(site.output), original);
    collect(site.output, { maker, stops, made, prefix: `${site.site}/` });
  }
  const own = node.flatMap((item) => standsFor.get(item) ?? (made.has(item) ? [] : [item]));
  return own.map((item) => withCleanWeights(item, clean));
}

function withCleanWeights(node: NodeProto, clean: ReadonlyMap<string, string>): NodeProto {
  const input = node.input.map((name) => clean.get(name) ?? name);
  return input.some((name, i) => name !== node.input[i]) ? copyMessage(node, { input }) : node;
}

const weightPlaces: readonly Place[] = ["kernel", "recurrentKernel", "bias"];

interface Walk {
  readonly maker: ReadonlyMap<string, NodeProto>;
  readonly stops: ReadonlySet<string>;
  readonly made: Set<NodeProto>;
  /** What the names begin with that a site makes up. */
  readonly prefix: string;
}

/** Adds the nodes that a tensor is made by, back to the tensors that the site found there. */
function collect(tensor: string, walk: Walk): void {
  const node = walk.maker.get(tensor);
  if (node === undefined || walk.made.has(node)) return;
  walk.made.add(node);
  for (const name of node.input) {
    if (name.startsWith(walk.prefix) && !walk.stops.has(name)) collect(name, walk);
  }
}
