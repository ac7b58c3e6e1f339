import { checkOptions, checkWord } from "@dropoutkit/core/adapter";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike } from "../model/OnnxModel.js";
import { DROPOUT_KEY } from "../noise/dropoutKey.js";
import { type FieldFeed, fieldFeed, type NoiseFeed } from "../noise/fieldFeed.js";
import { type Rates, ratesOfSites } from "../rates/ratesOfSites.js";
import { thresholdOf } from "../rates/thresholdOf.js";
import { type Site, sitesOf } from "./site.js";

/** What all runs of a model share. */
export interface PrepareFeedsOptions {
  /** Integer in [0, 2^32). */
  readonly seed: number;
  /** The sizes that the model only names, such as `{ batch: 32 }`. */
  readonly dims?: Readonly<Record<string, number>>;
}

/** What is another for each run. */
export interface FeedsOfRun {
  /** Integer in [0, 2^32), another for each run: the count of training steps. */
  readonly step: number;
  /** Drop probabilities in [0, 1] of sites whose rate is an input (`rateAsInput`), as a schedule gives them. Default: the rates that the sites had before. */
  readonly rates?: Rates;
}

/** The noise of one run of a model. */
export type MaskFeedOptions = PrepareFeedsOptions & FeedsOfRun;

/** Draws the inputs of a run. */
export type DrawFeeds = (run: FeedsOfRun) => Record<string, NoiseFeed>;

/**
 * Draws the inputs that were added to a model with dropout: a field for each fed site, `dropout.key` for
 * sites whose noise is drawn in the graph, and the thresholds of those whose rate is an input.
 * @throws {Error} If `dims` lacks a size that the model names, or `rates` names a site whose rate is no input.
 * @throws {RangeError} If seed or step is no integer in [0, 2^32), or a rate is outside [0, 1].
 */
export function maskFeeds(model: ModelLike, options: MaskFeedOptions): Record<string, NoiseFeed> {
  const sites = sitesOf(modelOf("maskFeeds", model));
  return feedsOfSites(sites, { ...checkOptions("maskFeeds", options), owner: "maskFeeds" })(
    options,
  );
}

/**
 * Prepares `maskFeeds` for many runs: returns a function that draws the inputs of one. Each call fills the
 * same arrays, so tensors that were made of the first call's feeds hold the noise of the last.
 * @throws {Error} If `dims` lacks a size that the model names.
 * @throws {RangeError} If the seed is no integer in [0, 2^32).
 */
export function prepareFeeds(model: ModelLike, options: PrepareFeedsOptions): DrawFeeds {
  const sites = sitesOf(modelOf("prepareFeeds", model));
  return feedsOfSites(sites, { ...checkOptions("prepareFeeds", options), owner: "prepareFeeds" });
}

/** `prepareFeeds` for sites that were read from the model before; `owner` is what the user called, for messages. */
export function feedsOfSites(
  sites: readonly Site[],
  { owner, seed, dims = {} }: PrepareFeedsOptions & { readonly owner: string },
): DrawFeeds {
  const feeds: Record<string, NoiseFeed> = {};
  const fields = new Map<Site, FieldFeed>();
  const thresholds = new Map<Site, Uint32Array>();
  const key = Uint32Array.of(checkWord(owner, "seed", seed), 0);
  const open = sites.filter(({ rateAsInput }) => rateAsInput);
  for (const site of sites) {
    const { field, noise, threshold, rateAsInput } = site;
    if (field !== "" && noise === "graph") {
      feeds[DROPOUT_KEY] = { type: "uint32", data: key, dims: [2] };
    } else if (field !== "") {
      const prepared = fieldFeed(site, { owner, seed, sizes: dims });
      fields.set(site, prepared);
      feeds[field] = prepared.feed;
    }
    if (rateAsInput && threshold !== undefined) {
      const data = new Uint32Array(1);
      thresholds.set(site, data);
      feeds[threshold] = { type: "uint32", data, dims: [] };
    }
  }
  return ({ step, rates }) => {
    key[1] = checkWord(owner, "step", step);
    const given = rates === undefined ? undefined : ratesOfSites(owner, open, rates);
    const rateOf = (site: Site): number | undefined => given?.get(site) ?? site.part.field.rate;
    for (const [site, field] of fields) field.draw(step, rateOf(site));
    for (const [site, data] of thresholds) data[0] = thresholdOf(site, rateOf(site) ?? 0);
    return feeds;
  };
}
