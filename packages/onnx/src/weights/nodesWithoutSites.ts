import type { Place } from "@dropoutkit/core/adapter";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { NodeProto } from "../model/schema.js";
import { nodesOfSites } from "../scopes/nodesOfSites.js";
import { isSameScope, replacedBy, sitesOf } from "../sites/site.js";

const weightPlaces: readonly Place[] = ["kernel", "recurrentKernel", "bias"];

/** The nodes of a model's main graph without our sites: weights that noise was put on are read as they were. */
export function nodesWithoutSites(model: OnnxModel): NodeProto[] {
  const { graph } = model;
  const sites = sitesOf(model).filter((site) => isSameScope(site, {}));
  const made = nodesOfSites(graph, sites);
  const clean = new Map<string, string>();
  const standsFor = new Map<string, NodeProto>();
  for (const site of sites) {
    const original = replacedBy(site);
    if (original) standsFor.set(site.output, madeAs(original, site.output));
    else if (weightPlaces.includes(site.part.at)) clean.set(site.output, site.x);
  }
  return graph.node.flatMap((node) => {
    const original = standsFor.get(node.output[0]);
    if (original) return [original];
    return made.has(node) ? [] : [withCleanWeights(node, clean)];
  });
}

/** A node whose output has another name since it was replaced, as that of an output that noise was put on. */
const madeAs = (node: NodeProto, output: string): NodeProto =>
  node.output.includes(output) ? node : copyMessage(node, { output: [output] });

function withCleanWeights(node: NodeProto, clean: ReadonlyMap<string, string>): NodeProto {
  const input = node.input.map((name) => clean.get(name) ?? name);
  return input.some((name, i) => name !== node.input[i]) ? copyMessage(node, { input }) : node;
}
