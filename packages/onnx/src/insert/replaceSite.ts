import { dropout, type Variant } from "@dropoutkit/core";
import { ownedBy } from "@dropoutkit/core/adapter";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import type { FoundDropout } from "../inspect/findDropout.js";
import { patternVariant } from "../inspect/patternVariant.js";
import { nodeLabel } from "../labels/nodeLabel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { prune } from "../model/prune.js";
import { renameOutput } from "../model/rewire.js";
import { DataType } from "../model/schema.js";
import type { TensorInfo } from "../model/valueInfo.js";
import { iterationOf } from "../scopes/iterationOf.js";
import { openGraph } from "../scopes/openGraph.js";
import type { NoiseSource } from "../sites/site.js";
import { maskTypeOf } from "../strip/emitKept.js";
import { checkRank } from "./checkRank.js";
import { fieldTensor } from "./fieldTensor.js";
import { hasSite } from "./hasSite.js";
import { putSite } from "./putSite.js";
import { fixedPart } from "./valuePart.js";

const owner = "replaceDropout";

export interface ReplaceSiteOptions {
  readonly variant: ((options: { readonly rate: number }) => Variant) | undefined;
  readonly rate: number | undefined;
  readonly noise: NoiseSource;
  /** What is known of the tensor that is dropped. */
  readonly info: TensorInfo | undefined;
}

/** Puts a site where dropout of another kind is, in place. */
export function replaceSite(
  model: OnnxModel,
  found: FoundDropout,
  { info, noise, ...wanted }: ReplaceSiteOptions,
): void {
  const { site, scope, x, output, mask } = found;
  if (info === undefined) {
    throw new Error(`${owner}: tensor ${x} of ${site} must have a known shape, got none`);
  }
  const variant = ownedBy(owner, () => variantOf(found, info, wanted));
  const part = fixedPart(owner, variant);
  checkRank(owner, part.field, { tensor: x, info });
  if (mask !== undefined && part.field.draw !== "bernoulli") {
    throw new TypeError(
      `${owner}: variant must draw a mask for the readers of ${mask} of ${site}, got ${variant.name}`,
    );
  }
  if (hasSite(model, { owner, site, part, noise, scope, tensor: x })) {
    throw new Error(`${owner}: site must have a name of its own, got ${site} twice`);
  }
  const builder = new GraphBuilder(site, model.graph);
  const { iteration } = iterationOf(model, builder, { owner, site, noise, scope });
  const { graph } = openGraph(model, scope);
  const old = [output, ...(mask === undefined ? [] : [mask])].map((from) => ({
    from,
    to: builder.uniqueName("replaced"),
  }));
  const at = graph.node.findIndex((node) => node.output.includes(output));
  for (const { from, to } of old) graph.node = renameOutput(graph.node, from, to);
  const place = { graph, scope, x, info, output, at, ...(iteration && { iteration }) };
  const field = putSite(model, {
    owner,
    site,
    variant: variant.name,
    part,
    noise,
    builder,
    ...place,
  });
  if (mask !== undefined) {
    const isSmaller = part.field.shared !== undefined || part.field.noiseShape !== undefined;
    putMask(model, { ...place, site, field, mask, isSmaller });
  }
  prune(
    model.graph,
    old.map(({ to }) => to),
  );
}

function variantOf(
  { site, kind, node, rate: own, dims, shared, law, blockSize }: FoundDropout,
  info: TensorInfo,
  wanted: Pick<ReplaceSiteOptions, "variant" | "rate">,
): Variant {
  const rate = wanted.rate ?? own;
  if (rate === undefined) {
    throw new Error(
      `${owner}: rate must be given for ${site}, whose own is not constant, got ${kind === "Dropout" ? node.input[1] : "none"}`,
    );
  }
  if (shared !== undefined) {
    throw new Error(
      `${owner}: mask of ${site} must serve it alone, got other readers of what ${nodeLabel(shared)} draws`,
    );
  }
  if (wanted.variant !== undefined) return wanted.variant({ rate });
  if (kind === "Dropout") return dropout({ rate });
  const target = info.dims;
  const known = law && dims && patternVariant({ law, blockSize, rate, mask: dims, target });
  if (known !== undefined) return known;
  const got = dims === undefined ? "none" : `[${dims.join(", ")}] over [${target.join(", ")}]`;
  throw new Error(
    `${owner}: mask of ${site} must have a known shape, got ${got}; variant says which`,
  );
}

interface PutMaskOptions
  extends Pick<Parameters<typeof putSite>[1], "graph" | "x" | "info" | "output"> {
  readonly site: string;
  readonly field: string;
  readonly mask: string;
  /** True if the field is smaller than `x`. */
  readonly isSmaller: boolean;
}

/** Makes a `Dropout`'s mask of a site's field, behind the site's nodes. */
function putMask(model: OnnxModel, options: PutMaskOptions): void {
  const { graph, x, info, output, site, field, mask, isSmaller } = options;
  const builder = new GraphBuilder(site, model.graph);
  const kept = fieldTensor(graph.node, field);
  const wide = isSmaller ? builder.op("Expand", [kept, builder.op("Shape", [x])]) : kept;
  const to = maskTypeOf(model, { owner, x, info });
  if (to === DataType.BOOL) builder.op("Identity", [wide], { outputs: [mask] });
  else builder.op("Cast", [wide], { attributes: { to }, outputs: [mask] });
  const at = 1 + graph.node.findIndex((node) => node.output.includes(output));
  builder.addTo(model, { graph, at });
}
