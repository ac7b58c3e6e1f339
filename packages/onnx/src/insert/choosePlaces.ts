import type { OnnxModel } from "../codec.js";
import { isFloat } from "../inspect/isFloat.js";
import { nearMisses } from "../nearMisses.js";
import { readsOf } from "../rewire.js";
import type { NodeProto } from "../schema.js";
import { inlineCalls } from "../scopes/inlineCalls.js";
import { nodesOfSites } from "../scopes/nodesOfSites.js";
import { shapesIn } from "../scopes/shapesIn.js";
import { type ScopedGraph, walkGraphs } from "../scopes/walkGraphs.js";
import { isSameScope, sitesOf } from "../site.js";

/**
 * Which tensors noise goes to, in nested graphs and functions too:
 *
 * - `tensor`: those of a name;
 * - `opType`: the first output of each operator of a type; with `scope`, of those in the scope alone;
 * - `scope`: what leaves a scope, such as a module `/encoder/layer.0/` of PyTorch: the floats that a
 *   node whose name starts so makes, and that is an output or that another node reads;
 * - a predicate: the first output of each node that it is true for.
 *
 * A name has those of the graphs around it in front, `loop/Relu`.
 */
export type After =
  | { readonly tensor: string | readonly string[] }
  | { readonly opType: string | readonly string[]; readonly scope?: string | readonly string[] }
  | { readonly scope: string | readonly string[] }
  | ((node: NodeProto) => boolean);

/** A tensor of a graph, and the node that makes it; none for an input. */
export interface Place {
  readonly tensor: string;
  readonly node?: NodeProto;
  readonly scope: readonly string[];
}

/**
 * The places that are chosen, in the order of the nodes; calls of functions that hold one are
 * inlined, in place.
 * @throws {Error} If nothing is chosen, or a tensor is not in the model.
 */
export function choosePlaces(model: OnnxModel, after: After): Place[] {
  if (typeof after === "object" && "tensor" in after) {
    return placesOfTensors(model, [after.tensor].flat());
  }
  const isChosen = matcherOf(after);
  inlineCalls(model, { owner: "insertDropout", isWanted: isChosen });
  const graphs = ownGraphs(model);
  const ofScopes = typeof after === "object" && !("opType" in after);
  const places = graphs.flatMap(({ scoped, nodes }) => {
    const { scope } = scoped;
    const chosen = nodes.filter((node) => isChosen(node, scope));
    return ofScopes
      ? leaving(model, scoped, chosen)
      : chosen.map((node) => ({ tensor: node.output[0], node, scope }));
  });
  if (places.length === 0) throw nothingChosen(after, graphs);
  return places;
}

type Matcher = (node: NodeProto, scope: readonly string[]) => boolean;

function matcherOf(after: Exclude<After, { readonly tensor: unknown }>): Matcher {
  if (typeof after === "function") return (node) => after(node);
  const types = "opType" in after ? [after.opType].flat() : undefined;
  const scopes = after.scope === undefined ? undefined : [after.scope].flat();
  return ({ opType, name }, scope) => {
    const path = [...scope, name].join("/");
    return (
      (types?.includes(opType) ?? true) && (scopes?.some((start) => path.startsWith(start)) ?? true)
    );
  };
}

/** A graph and its nodes, without those that sites of ours added. */
interface OwnGraph {
  readonly scoped: ScopedGraph;
  readonly nodes: readonly NodeProto[];
}

export function ownGraphs(model: OnnxModel): OwnGraph[] {
  const sites = sitesOf(model);
  const ours = new Set<NodeProto>();
  return walkGraphs(model.graph).flatMap((scoped): OwnGraph[] => {
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

/** The floats that chosen nodes make and others read. */
function leaving(model: OnnxModel, scoped: ScopedGraph, chosen: readonly NodeProto[]): Place[] {
  const { graph, scope } = scoped;
  const inside = new Set(chosen);
  const others = graph.node.filter((node) => !inside.has(node));
  const read = new Set([...others.flatMap(readsOf), ...graph.output.map(({ name }) => name)]);
  const infos = shapesIn(model, scoped);
  return chosen.flatMap((node) =>
    node.output
      .filter((tensor) => read.has(tensor) && isFloat(infos.get(tensor)))
      .map((tensor) => ({ tensor, node, scope })),
  );
}

function nothingChosen(
  after: Exclude<After, { readonly tensor: unknown }>,
  graphs: readonly OwnGraph[],
): Error {
  const start = "insertDropout: after must choose a node, got";
  if (typeof after === "function") return new Error(`${start} a predicate that is true for none`);
  const where = after.scope === undefined ? "" : ` in ${[after.scope].flat().join(", ")}`;
  if (!("opType" in after)) return new Error(`${start} none${where} whose floats leave it`);
  const types = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ opType }) => opType)));
  return new Error(
    `${start} none of type ${[after.opType].flat().join(", ")}${where} (the model has ${[...types].join(", ")})`,
  );
}

function placesOfTensors(model: OnnxModel, tensors: readonly string[]): Place[] {
  inlineCalls(model, {
    owner: "insertDropout",
    isWanted: ({ output }) => output.some((name) => tensors.includes(name)),
  });
  const graphs = walkGraphs(model.graph);
  return tensors.flatMap((tensor) => {
    const places = graphs.flatMap(({ graph, scope }): Place[] => {
      const node = graph.node.find(({ output }) => output.includes(tensor));
      const isInput = graph.input.some(({ name }) => name === tensor);
      return node === undefined && !isInput ? [] : [{ tensor, node, scope }];
    });
    if (places.length > 0) return places;
    const names = graphs.flatMap(({ graph }) => [
      ...graph.input.map(({ name }) => name),
      ...graph.node.flatMap(({ output }) => output),
    ]);
    throw new Error(
      `insertDropout: tensor must be in the model, got ${tensor}${nearMisses(tensor, names)}`,
    );
  });
}
