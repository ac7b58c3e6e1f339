import { create } from "@bufbuild/protobuf";
import type { Expr, Part } from "@dropoutkit/core";
import type { OnnxModel } from "./codec.js";
import { type StringStringEntryProto, StringStringEntryProtoSchema } from "./schema.js";
import type { Dim } from "./valueInfo.js";

/** Where a site's noise comes from: a boolean input that the caller fills, or nodes that draw it. */
export type NoiseSource = "feeds" | "graph";

/** A site of ours in a model, as it is recorded in the model's metadata. */
export interface Site {
  /** The site's name in the mask contract, without the place. */
  readonly site: string;
  /** The variant's name. */
  readonly variant: string;
  readonly part: Part;
  readonly noise: NoiseSource;
  /** The tensor that noise is applied to, and the tensor that comes of it. */
  readonly x: string;
  readonly output: string;
  /** The tensor that holds the field: an input where noise is fed; `""` where none is drawn. */
  readonly field: string;
  /** Sizes of the field. */
  readonly dims: readonly Dim[];
  /** In a loop with fed noise: how many iterations there are, each of which reads its row of `field`. */
  readonly iterations?: Dim;
  /** The uint32 scalar that draws are compared with: of a Bernoulli field in the graph. */
  readonly threshold?: string;
  /** The constants that follow from the rate: of each the expression that it is the value of. */
  readonly scalars: Readonly<Record<string, Expr>>;
}

const KEY = "dropoutkit.site/";

/** Writes a site into a model's metadata, in place. */
export function recordSite(model: OnnxModel, site: Site): void {
  model.metadataProps.push(entryOf(site));
}

const entryOf = (site: Site): StringStringEntryProto =>
  create(StringStringEntryProtoSchema, { key: KEY + site.site, value: JSON.stringify(site) });

/** Records, in place, that what a site made has another name now. */
export function renameSiteOutput(model: OnnxModel, from: string, to: string): void {
  const site = sitesOf(model).find(({ output }) => output === from);
  if (site === undefined) return;
  const entry = entryOf({ ...site, output: to });
  model.metadataProps = model.metadataProps.map((old) => (old.key === entry.key ? entry : old));
}

/** The sites of ours that a model records, in the order in which they were put in. */
export function sitesOf({ metadataProps }: OnnxModel): Site[] {
  return metadataProps.filter(({ key }) => key.startsWith(KEY)).map(parseSite);
}

function parseSite({ key, value }: { key: string; value: string }): Site {
  try {
    const site: Site = JSON.parse(value);
    if (typeof site.part.field.draw === "string" && Array.isArray(site.dims)) return site;
  } catch {
    // Falls through to the one sentence for all that is not a site.
  }
  throw new Error(
    `sitesOf: metadata ${key} must be a site as insertDropout writes it, got ${value}`,
  );
}

/** Takes the record of a site out of a model's metadata, in place. */
export function forgetSite(model: OnnxModel, { site }: Site): void {
  model.metadataProps = model.metadataProps.filter(({ key }) => key !== KEY + site);
}
