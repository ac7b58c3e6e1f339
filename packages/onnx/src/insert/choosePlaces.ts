import { isFloat } from "../inspect/isFloat.js";
import { nearMisses } from "../labels/nearMisses.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { countUses, readsOf } from "../model/rewire.js";
import type { GraphProto, NodeProto } from "../model/schema.js";
import { type GraphWithoutSites, graphsWithoutSites } from "../scopes/graphsWithoutSites.js";
import { inlineCalls } from "../scopes/inlineCalls.js";
import { shapesOf } from "../scopes/shapesOf.js";
import { type ScopedGraph, walkGraphs } from "../scopes/walkGraphs.js";
import type { TensorInfos } from "../shapes/inferShapes.js";
import { isSameScope, type Site, sitesOf } from "../sites/site.js";

/**
 * Which tensors noise goes to, in nested graphs and functions too:
 *
 * - `tensor`: those of a name, which must be read;
 * - `opType`: of each operator of a type the first output that is read, unless it holds no floats; with `scope`,
 *   of those in the scope alone;
 * - `scope`: what leaves a scope, such as a module `/encoder/layer.0/` of PyTorch: the floats that a
 *   node whose name starts so makes, and that is an output or that another node reads;
 * - a predicate: the first output that is read, of each node that it is true for.
 *
 * Read is what a node reads or the graph gives on: of an LSTM `Y`, or `Y_h` where nothing reads `Y`.
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
  /** What the node calls it, where a site has taken the name of an output. */
  readonly made?: string;
  /** What the model calls it, where a site has taken that name. */
  readonly given?: string;
  readonly scope: readonly string[];
}

/** What the site at a place is called: the node's name for its first output, else the tensor's, behind the names of the graphs around it. */
export function siteName({ tensor, node, made = tensor, given = tensor, scope }: Place): string {
  const isFirst = node?.output.find((name) => name !== "") === made;
  return [...scope, (isFirst && node?.name) || given].join("/");
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
  const graphs = graphsWithoutSites(model);
  const shapes = shapesOf(model);
  const ofScopes = typeof after === "object" && !("opType" in after);
  const places = graphs.flatMap(({ scoped, nodes }) => {
    const { scope } = scoped;
    const chosen = nodes.filter((node) => isChosen(node, scope));
    const infos = shapes(scope);
    if (ofScopes) return leaving(scoped, { chosen, infos });
    const uses = countUses(scoped.graph);
    const made = chosen.flatMap((node): Place[] => {
      const tensor = node.output.find((name) => name !== "" && uses.has(name));
      return tensor === undefined ? [] : [{ tensor, node, scope }];
    });
    if (typeof after === "function") return made;
    return made.filter(({ tensor }) => !infos.has(tensor) || isFloat(infos.get(tensor)));
  });
  if (places.length === 0) throw nothingChosen(after, graphs);
  const sites = sitesOf(model);
  if (sites.length === 0) return places;
  return places.map((place) => ({ ...place, given: givenName(sites, place) }));
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

/** The floats that chosen nodes make and others read. */
function leaving(
  { graph, scope }: ScopedGraph,
  { chosen, infos }: { readonly chosen: readonly NodeProto[]; readonly infos: TensorInfos },
): Place[] {
  const inside = new Set(chosen);
  const others = graph.node.filter((node) => !inside.has(node));
  const read = new Set([...others.flatMap(readsOf), ...graph.output.map(({ name }) => name)]);
  return chosen.flatMap((node) =>
    node.output
      .filter((tensor) => read.has(tensor) && isFloat(infos.get(tensor)))
      .map((tensor) => ({ tensor, node, scope })),
  );
}

function nothingChosen(
  after: Exclude<After, { readonly tensor: unknown }>,
  graphs: readonly GraphWithoutSites[],
): Error {
  const start = "insertDropout: after must choose a node, got";
  if (typeof after === "function")
    return new Error(`${start} a predicate that is true for none whose outputs are read`);
  const where = after.scope === undefined ? "" : ` in ${[after.scope].flat().join(", ")}`;
  if (!("opType" in after)) return new Error(`${start} none${where} whose floats leave it`);
  const types = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ opType }) => opType)));
  return new Error(
    `${start} none of type ${[after.opType].flat().join(", ")}${where} that makes floats which are read (the model has ${[...types].join(", ")})`,
  );
}

function placesOfTensors(model: OnnxModel, tensors: readonly string[]): Place[] {
  inlineCalls(model, {
    owner: "insertDropout",
    isWanted: ({ output }) => output.some((name) => tensors.includes(name)),
  });
  const graphs = walkGraphs(model.graph).map(({ graph, scope }) => ({
    graph,
    scope,
    uses: countUses(graph),
  }));
  const sites = sitesOf(model);
  return tensors.flatMap((tensor) => {
    const places = graphs.flatMap(({ graph, scope, uses }) => {
      const made = cleanTensor(graph, {
        tensor,
        sites: sites.filter((site) => isSameScope(site, { scope })),
      });
      const node = graph.node.find(({ output }) => output.includes(made));
      const isInput = graph.input.some(({ name }) => name === tensor);
      const place: Place = { tensor, ...(node && { node }), made, scope };
      return node === undefined && !isInput ? [] : [{ place, isRead: uses.has(tensor) }];
    });
    const read = places.filter(({ isRead }) => isRead);
    if (read.length > 0) return read.map(({ place }) => place);
    if (places.length > 0) {
      throw new Error(
        `insertDropout: tensor must be read by a node or be an output, got ${tensor}, which nothing reads`,
      );
    }
    const names = graphs.flatMap(({ graph }) => [
      ...graph.input.map(({ name }) => name),
      ...graph.node.flatMap(({ output }) => output),
    ]);
    throw new Error(
      `insertDropout: tensor must be in the model, got ${tensor}${nearMisses(tensor, names)}`,
    );
  });
}

/** What an output of the graph is called that sites have taken the name of. */
function givenName(sites: readonly Site[], { tensor, scope }: Place): string {
  const above = sites.find(
    (site) => site.x === tensor && site.replaces === undefined && isSameScope(site, { scope }),
  );
  const isRenamed = above !== undefined && /\/in(_\d+)?$/.test(tensor);
  return isRenamed ? givenName(sites, { tensor: above.output, scope }) : tensor;
}

/** What an output of the graph was called before sites took its name. */
function cleanTensor(
  graph: GraphProto,
  { tensor, sites }: { readonly tensor: string; readonly sites: readonly Site[] },
): string {
  if (graph.output.every(({ name }) => name !== tensor)) return tensor;
  const below = sites.find(({ output, replaces }) => output === tensor && replaces === undefined);
  return below === undefined ? tensor : below.x;
}
