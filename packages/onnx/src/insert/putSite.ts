import { type Part, partSite, siteHash } from "@dropoutkit/core";
import { type OnnxModel, opsetOf } from "../codec.js";
import type { GraphBuilder } from "../GraphBuilder.js";
import { emitSite } from "../noise/emitSite.js";
import { renameOutput } from "../rewire.js";
import { DataType, type GraphProto, type NodeProto } from "../schema.js";
import { isSameScope, type NoiseSource, recordSite, type Site, sitesOf } from "../site.js";
import type { TensorInfo } from "../valueInfo.js";
import { constantNodes } from "./constantNodes.js";

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
  /** Before which of the graph's nodes. */
  readonly at: number;
}

/** Writes a site's nodes from `x` to `output` into a graph, and the site into the metadata, in place; returns the field's tensor. */
export function putSite(model: OnnxModel, options: PutSiteOptions): string {
  const { owner, site, variant, part, noise, graph, scope, builder, x, output, at } = options;
  checkOpset(owner, model, noise);
  const half = halfTypes.includes(options.info.dataType);
  const info = half ? { ...options.info, dataType: DataType.FLOAT } : options.info;
  const cast = (from: string, to: DataType): string =>
    builder.op("Cast", [from], { attributes: { to } });
  const emitted = emitSite(model, builder, {
    part,
    site,
    noise,
    x: half ? cast(x, DataType.FLOAT) : x,
    info,
  });
  const value = half ? cast(emitted.value, options.info.dataType) : emitted.value;
  addNodes(model, graph, { nodes: renameOutput(builder.nodes, value, output), builder, at });
  const { field, dims } = emitted;
  const nested = scope.length === 0 ? {} : { scope };
  recordSite(model, { site, variant, part, noise, x, output, field, dims, ...nested });
  return field;
}

/** Computed in float32, whose operators every runtime has, and rounded once. */
const halfTypes: readonly number[] = [DataType.FLOAT16, DataType.BFLOAT16];

/** Puts nodes into a graph, in place, and the constants that they read as the model's IR version wants them. */
function addNodes(
  { irVersion }: OnnxModel,
  graph: GraphProto,
  {
    nodes,
    builder,
    at,
  }: { readonly nodes: readonly NodeProto[]; readonly builder: GraphBuilder; readonly at: number },
): void {
  // Until IR version 4 an initializer had to be the default of an input.
  const asNodes = irVersion < 4n ? constantNodes(builder.initializers) : [];
  if (irVersion >= 4n) graph.initializer.push(...builder.initializers);
  graph.node = [...graph.node.slice(0, at), ...asNodes, ...nodes, ...graph.node.slice(at)];
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
