import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { type Expr, type Leaf, type Part, partSite } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "../model/OnnxModel.js";
import {
  type NodeProto,
  NodeProtoSchema,
  type StringStringEntryProto,
  StringStringEntryProtoSchema,
} from "../model/schema.js";
import type { Dim } from "../model/valueInfo.js";

/** Where a site's noise comes from: a boolean input that the caller fills, or nodes that draw it. */
export type NoiseSource = "feeds" | "graph";

/** A part of a variant at a site of ours, as it is recorded in the model's metadata. */
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
  /** Names of the graphs that `x` is nested in, from the outside in; in the main graph none. */
  readonly scope?: readonly string[];
  /** Other tensors that the formulas read, for a variant that is no identity at inference: `previous`, `w`. */
  readonly leaves?: { readonly [K in Leaf]?: string };
  /** What `replacementOf` gave for the node that stood where the site's nodes are; without it, they stand between `x` and `output`. */
  readonly replaces?: string;
  /** In a loop with fed noise: how many iterations there are, each of which reads its row of `field`. */
  readonly iterations?: Dim;
  /** The uint32 scalar that draws are compared with: of a Bernoulli field in the graph, and of one whose rate is an input. */
  readonly threshold?: string;
  /** True where the rate is given anew for each run: `threshold`, if anything reads it, is an input. */
  readonly rateAsInput?: true;
  /** The constants that follow from the rate: of each the expression that it is the value of. */
  readonly scalars: Readonly<Record<string, Expr>>;
}

const KEY = "dropoutkit.site/";

/** Writes a site's part into a model's metadata, in place. */
export function recordSite(model: OnnxModel, site: Site): void {
  model.metadataProps.push(entryOf(site));
}

const keyOf = ({ site, part }: Site): string => KEY + partSite(site, part);

const entryOf = (site: Site): StringStringEntryProto =>
  create(StringStringEntryProtoSchema, { key: keyOf(site), value: JSON.stringify(site) });

/** A node as text, to be recorded by the sites that stand in its place. */
export const replacementOf = (node: NodeProto): string =>
  base64Encode(toBinary(NodeProtoSchema, node));

/** The node that a site's nodes replaced; undefined where they stand between two tensors. */
export const replacedBy = ({ replaces }: Site): NodeProto | undefined =>
  replaces === undefined ? undefined : fromBinary(NodeProtoSchema, base64Decode(replaces));

/** True if two sites are in the same graph of a model. */
export const isSameScope = (a: Pick<Site, "scope">, b: Pick<Site, "scope">): boolean =>
  JSON.stringify(a.scope ?? []) === JSON.stringify(b.scope ?? []);

/** Records, in place, that what sites made in the graph of a scope has another name now. */
export function renameSiteOutput(
  model: OnnxModel,
  {
    from,
    to,
    scope,
  }: { readonly from: string; readonly to: string; readonly scope: readonly string[] },
): void {
  for (const site of sitesOf(model)) {
    if (site.output === from && isSameScope(site, { scope })) {
      replaceRecord(model, { ...site, output: to });
    }
  }
}

/** Puts a site's record in the place of the one that it has, in place. */
export function replaceRecord(model: OnnxModel, site: Site): void {
  const entry = entryOf(site);
  model.metadataProps = model.metadataProps.map((old) => (old.key === entry.key ? entry : old));
}

/** The sites of ours that a model records, in the order in which they were put in. */
export function sitesOf({ metadataProps }: OnnxModel): Site[] {
  return metadataProps.filter(({ key }) => key.startsWith(KEY)).map(readSite);
}

/** What was read of an entry: models of many sites are asked for them once for each. */
const known = new WeakMap<object, { readonly value: string; readonly site: Site }>();

function readSite(entry: StringStringEntryProto): Site {
  const before = known.get(entry);
  if (before?.value === entry.value) return before.site;
  const site = parseSite(entry);
  known.set(entry, { value: entry.value, site });
  return site;
}

function parseSite({ key, value }: { key: string; value: string }): Site {
  try {
    const site: Site = JSON.parse(value);
    const { part, dims } = site;
    const isPart = typeof part.field.draw === "string" && isExpr(part.train) && isExpr(part.infer);
    if (isPart && Array.isArray(dims) && keyOf(site) === key) return site;
  } catch {
    // Falls through to the one sentence for all that is not a site.
  }
  throw new Error(
    `sitesOf: metadata ${key} must be a site as insertDropout writes it, got ${value}`,
  );
}

function isExpr(value: unknown): value is Expr {
  if (typeof value === "number" || typeof value === "string") return true;
  if (typeof value !== "object" || value === null || !("op" in value && "args" in value))
    return false;
  return typeof value.op === "string" && Array.isArray(value.args) && value.args.every(isExpr);
}

/** Takes the record of a site's part out of a model's metadata, in place. */
export function forgetSite(model: OnnxModel, site: Site): void {
  const ours = keyOf(site);
  model.metadataProps = model.metadataProps.filter(({ key }) => key !== ours);
}
