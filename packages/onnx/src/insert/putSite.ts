import { type Part, partSite, siteHash } from "@dropoutkit/core";
import { type OnnxModel, opsetOf } from "../codec.js";
import type { GraphBuilder } from "../GraphBuilder.js";
import { type EmitSiteOptions, emitSite } from "../noise/emitSite.js";
import { renameOutput } from "../rewire.js";
import type { GraphProto } from "../schema.js";
import { isSameScope, type NoiseSource, recordSite, type Site, sitesOf } from "../site.js";
import type { TensorInfo } from "../valueInfo.js";
import { addNodes } from "./addNodes.js";

/** A part of a variant, and where it goes. */
export interface PutSiteOptions {
  /** Who asks, for messages. */
  readonly owner: string;
  readonly site: string;
  readonly variant: string;
  readonly part: Part;
  readonly noise: NoiseSource;
  /** The graph, opened, and its scope. */
  readonly graph: GraphProto;
  readonly scope: readonly string[];
  /** Of the graph's names and in the site's. */
  readonly builder: GraphBuilder;
  readonly x: string;
  readonly info: TensorInfo;
  readonly output: string;
  /** In the body of a loop. */
  readonly iteration?: EmitSiteOptions["iteration"];
  /** Before which of the graph's nodes. */
  readonly at: number;
}

/** Writes a site's nodes from `x` to `output` into a graph, and the site into the metadata, in place; returns the field's tensor. */
export function putSite(model: OnnxModel, options: PutSiteOptions): string {
  const { owner, site, variant, part, noise, graph, scope, builder, x, info, output, at } = options;
  checkOpset(owner, model, noise);
  const { iteration } = options;
  const place = { x, info, ...(iteration && { iteration }) };
  const emitted = emitSite(model, builder, { owner, part, site, noise, ...place });
  const { value, ...drawn } = emitted;
  addNodes(model, graph, { builder, nodes: renameOutput(builder.nodes, value, output), at });
  const nested = scope.length === 0 ? {} : { scope };
  recordSite(model, { site, variant, part, noise, x, output, ...drawn, ...nested });
  return drawn.field;
}

/** True if the model holds just that part already; anything else of that name, or of its hash, is an error. */
export function hasSite(
  model: OnnxModel,
  {
    owner,
    ...wanted
  }: Pick<Site, "site" | "part" | "noise" | "scope"> & {
    readonly owner: string;
    readonly tensor: string;
  },
): boolean {
  const hash = siteHash(partSite(wanted.site, wanted.part));
  const same = sitesOf(model).find((other) => siteHash(partSite(other.site, other.part)) === hash);
  if (same === undefined) return false;
  const isThere =
    same.site === wanted.site &&
    same.noise === wanted.noise &&
    [same.x, same.output].includes(wanted.tensor) &&
    isSameScope(same, wanted) &&
    JSON.stringify(same.part) === JSON.stringify(wanted.part);
  if (isThere) return true;
  const got =
    same.site === wanted.site
      ? `${wanted.site} twice`
      : `${wanted.site}, which has the hash of ${same.site}`;
  throw new Error(`${owner}: site must have a name of its own, got ${got}`);
}

/** Where came with opset 9, the bit operations with 18. */
const oldestOpset: { readonly [S in NoiseSource]: number } = { feeds: 9, graph: 18 };

function checkOpset(owner: string, model: OnnxModel, noise: NoiseSource): void {
  const opset = opsetOf(model);
  if (!(opset >= oldestOpset[noise])) {
    throw new Error(
      `${owner}: noise "${noise}" must have opset ${oldestOpset[noise]} or later, got ${opset}`,
    );
  }
}
