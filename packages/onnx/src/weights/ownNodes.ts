import type { Place } from "@dropoutkit/core";
import { copyMessage, type OnnxModel } from "../codec.js";
import type { NodeProto } from "../schema.js";
import { replacedBy, sitesOf } from "../site.js";

/** The nodes of a graph without our sites: weights that noise was put on are read as they were. */
export function ownNodes(model: OnnxModel): NodeProto[] {
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
