import { checkWord, drawField, partSite, sizeOf } from "@dropoutkit/core";
import { type ModelLike, modelOf } from "./codec.js";
import { DROPOUT_KEY } from "./noise/dropoutKey.js";
import { fieldOverItself } from "./noise/fieldDims.js";
import { type Rates, ratesOfSites } from "./rates/ratesOfSites.js";
import { thresholdOf } from "./rates/thresholdOf.js";
import { type Site, sitesOf } from "./site.js";
import type { Dim } from "./valueInfo.js";

/** The noise of one run of a model. */
export interface MaskFeedOptions {
  /** Integer in [0, 2^32). */
  readonly seed: number;
  /** Integer in [0, 2^32), another for each run: the count of training steps. */
  readonly step: number;
  /** The sizes that the model only names, such as `{ batch: 32 }`. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Drop probabilities in [0, 1] of sites whose rate is an input (`rateAsInput`), as a schedule gives them. Default: the rates that the sites had before. */
  readonly rates?: Rates;
}

/** What a tensor of onnxruntime is made of: `new ort.Tensor(type, data, dims)`. */
export type NoiseFeed =
  | { readonly type: "bool"; readonly data: Uint8Array; readonly dims: readonly number[] }
  | { readonly type: "float32"; readonly data: Float32Array; readonly dims: readonly number[] }
  | { readonly type: "uint32"; readonly data: Uint32Array; readonly dims: readonly number[] };

/**
 * Draws the inputs that were added to a model with dropout: a field for each fed site, `dropout.key` for
 * sites whose noise is drawn in the graph, and the thresholds of those whose rate is an input.
 * @throws {Error} If `dims` lacks a size that the model names, or `rates` names a site whose rate is no input.
 * @throws {RangeError} If seed or step is no integer in [0, 2^32), or a rate is outside [0, 1].
 */
export function maskFeeds(model: ModelLike, options: MaskFeedOptions): Record<string, NoiseFeed> {
  return drawFeeds(sitesOf(modelOf("maskFeeds", model)), options);
}

/** `maskFeeds` for sites that were read from the model before, as a training loop does. */
export function drawFeeds(
  sites: readonly Site[],
  { seed, step, dims = {}, rates }: MaskFeedOptions,
): Record<string, NoiseFeed> {
  const owner = "maskFeeds";
  const feeds: Record<string, NoiseFeed> = {};
  const key = Uint32Array.of(checkWord(owner, "seed", seed), checkWord(owner, "step", step));
  const open = sites.filter(({ rateAsInput }) => rateAsInput);
  const given = rates === undefined ? undefined : ratesOfSites(owner, open, rates);
  for (const site of sites) {
    const rate = given?.get(site) ?? site.part.field.rate;
    if (site.field !== "") {
      if (site.noise === "graph") feeds[DROPOUT_KEY] = { type: "uint32", data: key, dims: [2] };
      else feeds[site.field] = drawSite(site, { seed, step, dims, rate });
    }
    if (site.rateAsInput && site.threshold !== undefined && rate !== undefined) {
      const data = Uint32Array.of(thresholdOf(site, rate));
      feeds[site.threshold] = { type: "uint32", data, dims: [] };
    }
  }
  return feeds;
}

interface SiteDraw {
  readonly seed: number;
  readonly step: number;
  readonly dims: Readonly<Record<string, number>>;
  readonly rate: number | undefined;
}

function drawSite(
  { site, part, dims, iterations }: Site,
  { seed, step, dims: sizes, rate }: SiteDraw,
): NoiseFeed {
  const target = dims.map((dim) => sizeIn(sizes, dim));
  const field = fieldOverItself(
    { ...part.field, ...(rate !== undefined && { rate }) },
    dims.length,
  );
  const draw = { seed, step, site: partSite(site, part), target };
  if (iterations === undefined) return feedOf(drawField(field, draw).data, target);
  const rows = sizeIn(sizes, iterations);
  const size = sizeOf(target);
  const data =
    field.draw === "bernoulli" ? new Uint8Array(rows * size) : new Float32Array(rows * size);
  for (let timestep = 0; timestep < rows; timestep++) {
    data.set(drawField(field, { ...draw, timestep }).data, timestep * size);
  }
  return feedOf(data, [rows, ...target]);
}

const feedOf = (data: Uint8Array | Float32Array, dims: readonly number[]): NoiseFeed =>
  data instanceof Uint8Array ? { type: "bool", data, dims } : { type: "float32", data, dims };

/** A size as a number: given by name, or a product of such, as `batch*4` of a flattened tensor is. */
function sizeIn(sizes: Readonly<Record<string, number>>, dim: Dim): number {
  if (typeof dim === "number") return dim;
  return [dim in sizes ? dim : dim.split("*")].flat().reduce((product, factor) => {
    const size = sizes[factor] ?? Number(factor);
    if (Number.isNaN(size)) {
      throw new Error(
        `maskFeeds: dims must have a size for ${factor}, got ${JSON.stringify(sizes)}`,
      );
    }
    return product * size;
  }, 1);
}
