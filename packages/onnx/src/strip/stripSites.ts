import { reads } from "@dropoutkit/core/adapter";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { fieldTensor } from "../insert/fieldTensor.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { prune } from "../model/prune.js";
import { countUses, renameOutput, rewire } from "../model/rewire.js";
import { DataType } from "../model/schema.js";
import { emitFormula } from "../noise/emitFormula.js";
import { openGraph } from "../scopes/openGraph.js";
import { dropScanCounter } from "../scopes/scanCounter.js";
import { shapesOf } from "../scopes/shapesOf.js";
import { walkGraphs } from "../scopes/walkGraphs.js";
import { forgetSite, renameSiteOutput, replacedBy, type Site } from "../sites/site.js";
import { bypass } from "./bypass.js";
import { emitKept } from "./emitKept.js";
import { restoreNode } from "./restoreNode.js";

/**
 * Makes sites compute their variants' inference, in place, and takes out what only their noise was for.
 * @param sites That stand apart: none on what another of them makes.
 * @throws {Error} If inference draws noise, or reads what is not recorded.
 */
export function stripSites(model: OnnxModel, sites: readonly Site[]): void {
  const stripped = sites.map((site) => stripSite(model, site));
  prune(
    model.graph,
    stripped.flatMap(({ unread }) => unread),
  );
  const uses = countUses(model.graph);
  for (const { field, keep } of stripped) if (keep !== undefined && uses.has(field)) keep();
  if (sites.some(({ scope }) => scope !== undefined)) dropCounters(model);
}

/** A site that is bypassed. */
interface Stripped {
  /** Tensors that nothing reads now, but what only noise is for. */
  readonly unread: readonly string[];
  readonly field: string;
  /** Gives the readers of the field, if it has some, one in which all is kept. */
  readonly keep?: () => void;
}

function stripSite(model: OnnxModel, site: Site): Stripped {
  const { field } = site;
  const original = replacedBy(site);
  if (original !== undefined) return { unread: restoreNode(model, original, site), field };
  if (site.part.infer !== "x") return { unread: [stripFormula(model, site), field], field };
  const { x, output, leaves = {}, scope = [] } = site;
  const learned = Object.entries(leaves).flatMap(([leaf, name = ""]) =>
    leaf.startsWith("learned:") ? [name] : [],
  );
  const { graph } = openGraph(model, scope);
  const noisy = bypass(model, { graph, x, output });
  if (noisy !== output) renameSiteOutput(model, { from: x, to: output, scope });
  forgetSite(model, site);
  if (field === "") return { unread: [noisy, ...learned], field };
  const keep = (): void => keepAll(model, { ...site, x: noisy === output ? x : output });
  return { unread: [noisy, field, ...learned], field, keep };
}

/** What still reads a site's field, as the readers of a `Dropout`'s mask do, gets one in which all is kept. */
function keepAll(model: OnnxModel, { site, field, x, scope = [] }: Site): void {
  const { graph } = openGraph(model, scope);
  const tensor = fieldTensor(graph.node, field);
  const builder = new GraphBuilder(site, model.graph);
  const kept = emitKept(builder, x, DataType.BOOL);
  const at = graph.node.findIndex(({ input }) => input.includes(tensor));
  graph.node = rewire(graph.node, tensor, kept);
  builder.addTo(model, { graph, at });
  prune(model.graph, [tensor, field]);
}

/** Returns the tensor that held the noisy value. */
function stripFormula(model: OnnxModel, site: Site): string {
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
  builder.addTo(model, { graph, at, nodes: renameOutput(builder.nodes, value, output) });
  forgetSite(model, site);
  return noisy;
}

function dropCounters(model: OnnxModel): void {
  const inner = walkGraphs(model.graph).filter(({ holder }) => holder?.node.opType === "Scan");
  for (const { scope } of inner.reverse()) dropScanCounter(model, scope);
}
