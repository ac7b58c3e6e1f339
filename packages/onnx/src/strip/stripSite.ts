import { reads } from "@dropoutkit/core";
import type { OnnxModel } from "../codec.js";
import { GraphBuilder } from "../GraphBuilder.js";
import { addNodes } from "../insert/addNodes.js";
import { fieldTensor } from "../insert/fieldTensor.js";
import { emitFormula } from "../noise/emitFormula.js";
import { prune } from "../prune.js";
import { countUses, renameOutput, rewire } from "../rewire.js";
import { DataType } from "../schema.js";
import { openGraph } from "../scopes/openGraph.js";
import { dropScanCounter } from "../scopes/scanCounter.js";
import { shapesOf } from "../scopes/shapesOf.js";
import { scopedGraph } from "../scopes/walkGraphs.js";
import { forgetSite, renameSiteOutput, replacedBy, type Site } from "../site.js";
import { bypass } from "./bypass.js";
import { emitKept } from "./emitKept.js";
import { putBack } from "./putBack.js";

/**
 * Makes a site compute its variant's inference, in place, and takes out what only its noise was for.
 * @throws {Error} If inference draws noise, or reads what is not recorded.
 */
export function stripSite(model: OnnxModel, site: Site): void {
  const original = replacedBy(site);
  if (original !== undefined) putBack(model, original, site);
  else if (site.part.infer === "x") stripIdentity(model, site);
  else stripFormula(model, site);
  for (const scope of scansAround(model, site)) dropScanCounter(model, scope);
}

function stripIdentity(model: OnnxModel, site: Site): void {
  const { x, output, scope = [] } = site;
  const { graph } = openGraph(model, scope);
  const noisy = bypass(model, { graph, x, output });
  if (noisy !== output) renameSiteOutput(model, { from: x, to: output, scope });
  prune(model.graph, [noisy, site.field]);
  if (site.field !== "" && countUses(model.graph).has(site.field))
    keepAll(model, { ...site, x: noisy === output ? x : output });
  forgetSite(model, site);
}

/** What still reads a site's field, as the readers of a `Dropout`'s mask do, gets one in which all is kept. */
function keepAll(model: OnnxModel, { site, field, x, scope = [] }: Site): void {
  const { graph } = openGraph(model, scope);
  const tensor = fieldTensor(graph.node, field);
  const builder = new GraphBuilder(site, model.graph);
  const kept = emitKept(builder, x, DataType.BOOL);
  const at = graph.node.findIndex(({ input }) => input.includes(tensor));
  graph.node = rewire(graph.node, tensor, kept);
  addNodes(model, { graph, nodes: builder.nodes, at, builder });
  prune(model.graph, [tensor, field]);
}

function stripFormula(model: OnnxModel, site: Site): void {
  const { part, x, output, leaves = {}, scope = [] } = site;
  const owner = "stripDropout";
  if (reads(part.infer, "field")) {
    throw new Error(
      `${owner}: site ${site.site} must draw no noise at inference, got variant ${site.variant}`,
    );
  }
  const infos = shapesOf(model)(scope);
  const info = infos.get(x) ?? infos.get(output);
  if (info === undefined) {
    throw new Error(`${owner}: tensor ${x} of site ${site.site} must have a known type, got none`);
  }
  const { graph } = openGraph(model, scope);
  const builder = new GraphBuilder(`${site.site}/inference`, model.graph);
  const { value } = emitFormula(builder, { owner, part, formula: "infer", x, info, leaves });
  const noisy = builder.uniqueName("noisy");
  const at = graph.node.findIndex((node) => node.output.includes(output));
  graph.node = renameOutput(graph.node, output, noisy);
  addNodes(model, { graph, nodes: renameOutput(builder.nodes, value, output), at, builder });
  prune(model.graph, [noisy, site.field]);
  forgetSite(model, site);
}

/** The scopes of the Scans' bodies that a site is in, from the inside out. */
function scansAround(model: OnnxModel, { scope = [] }: Site): (readonly string[])[] {
  const scans: (readonly string[])[] = [];
  let inner = scopedGraph(model.graph, scope);
  while (inner.holder !== undefined) {
    if (inner.holder.node.opType === "Scan") scans.push(inner.scope);
    inner = inner.holder.outer;
  }
  return scans;
}
