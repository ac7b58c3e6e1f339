import { checkRead, isReadIn } from "../insert/readNodes.js";
import { nearMisses } from "../labels/nearMisses.js";
import { nodeName } from "../labels/nodeName.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { GraphProto, NodeProto } from "../model/schema.js";
import { nodesOfSites } from "../scopes/nodesOfSites.js";
import { isSameScope, replacedBy, type Site, sitesOf } from "../sites/site.js";
import { isRecurrent } from "./RecurrentLayer.js";

/** Which recurrent nodes: those of names or of operator types, or those that a predicate picks. */
export type WhichRecurrent =
  | { readonly name: string | readonly string[] }
  | { readonly opType: string | readonly string[] }
  | ((node: NodeProto) => boolean);

/** A recurrent node that is in a model, or that sites stand for. */
export interface RecurrentNode {
  readonly node: NodeProto;
  readonly isReplaced: boolean;
}

/** A graph's own LSTM, GRU and RNN nodes, those of `which`. */
export const presentNodes = (
  { node: nodes }: Pick<GraphProto, "node">,
  which: WhichRecurrent = () => true,
): NodeProto[] => nodes.filter((node) => isRecurrent(node) && isChosen(node, which));

/**
 * The chosen LSTM, GRU and RNN nodes of the main graph, by default all that are read; also those that sites stand for.
 * @throws {Error} If a name is not in the model, nothing is chosen, or nothing reads a node that a name or a predicate chose.
 */
export function recurrentNodes(
  owner: string,
  model: OnnxModel,
  which?: WhichRecurrent,
): RecurrentNode[] {
  const sites = sitesOf(model).filter((site) => isSameScope(site, {}));
  const ours = nodesOfSites(model.graph, sites);
  const own = presentNodes(model.graph).filter((node) => !ours.has(node));
  const known = [
    ...own.map((node) => ({ node, isReplaced: false })),
    ...replacedNodes(sites).map((node) => ({ node, isReplaced: true })),
  ];
  const isRead = isReadIn(model.graph);
  const byKind = which === undefined || (typeof which === "object" && "opType" in which);
  const chosen = known.filter(
    ({ node, isReplaced }) =>
      (which === undefined || isChosen(node, which)) && (isReplaced || !byKind || isRead(node)),
  );
  if (typeof which === "object" && "name" in which) {
    const names = new Set(known.map(({ node }) => nodeName(node)));
    const missing = [which.name].flat().find((name) => !names.has(name));
    if (missing !== undefined) {
      throw new Error(
        `${owner}: node must be an LSTM, GRU or RNN of the model, got ${missing}${nearMisses(missing, names)}`,
      );
    }
  }
  const present = chosen.filter(({ isReplaced }) => !isReplaced).map(({ node }) => node);
  checkRead(owner, model.graph, chosen.length > 0 ? present : presentNodes({ node: own }, which));
  if (chosen.length > 0) return chosen;
  const got = known.map(({ node }) => `${node.opType} ${nodeName(node)}`).join(", ") || "none";
  throw new Error(`${owner}: nodes must choose an LSTM, GRU or RNN of the main graph, got ${got}`);
}

function isChosen(node: NodeProto, which: WhichRecurrent): boolean {
  if (typeof which === "function") return which(node);
  return "name" in which
    ? [which.name].flat().includes(nodeName(node))
    : [which.opType].flat().includes(node.opType);
}

function replacedNodes(sites: readonly Site[]): NodeProto[] {
  const byOutput = new Map(
    sites.flatMap((site): [string, NodeProto][] => {
      const node = replacedBy(site);
      return node && isRecurrent(node) ? [[site.output, node]] : [];
    }),
  );
  return [...byOutput.values()];
}
