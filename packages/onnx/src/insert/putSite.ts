import type { Part } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { renameOutput } from "../model/rewire.js";
import type { GraphProto } from "../model/schema.js";
import type { TensorInfo } from "../model/valueInfo.js";
import { checkNoiseOpset } from "../noise/checkNoiseOpset.js";
import { type EmitSiteOptions, emitSite } from "../noise/emitSite.js";
import { type NoiseSource, recordSite, type Site } from "../sites/site.js";

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
  /** What else the formulas read, but for the field; default nothing. */
  readonly leaves?: NonNullable<Site["leaves"]>;
  /** In the body of a loop. */
  readonly iteration?: EmitSiteOptions["iteration"];
  /** Before which of the graph's nodes. */
  readonly at: number;
}

/** Writes a site's nodes from `x` to `output` into a graph, and the site into the metadata, in place; returns the field's tensor. */
export function putSite(model: OnnxModel, options: PutSiteOptions): string {
  const { owner, site, variant, part, noise, graph, scope, builder, x, info, output, at } = options;
  checkNoiseOpset(owner, model, noise);
  const { iteration, leaves } = options;
  const read = leaves && { leaves };
  const place = { x, info, ...read, ...(iteration && { iteration }) };
  const emitted = emitSite(model, builder, { owner, part, site, noise, ...place });
  const { value, ...drawn } = emitted;
  builder.addTo(model, { graph, at, nodes: renameOutput(builder.nodes, value, output) });
  const nested = scope.length === 0 ? {} : { scope };
  recordSite(model, { site, variant, part, noise, x, output, ...read, ...drawn, ...nested });
  return drawn.field;
}
