import { type Part, partSite, siteHash } from "@dropoutkit/core/adapter";
import type * as tf from "@tensorflow/tfjs";
import type { Noisy } from "../noise/Noisy.js";
import { checkModel } from "./checkModel.js";
import type { DropoutSite } from "./DropoutSite.js";
import type { FoundSite } from "./FoundSite.js";
import { isNoisy } from "./isNoisy.js";
import { LayerGraph, type PlacedLayer } from "./LayerGraph.js";
import { type Pitfall, pitfallsOf } from "./pitfalls.js";
import { tfjsNoise } from "./tfjsNoise.js";

/** What `inspectDropout` finds. */
export interface DropoutReport {
  /** In the order of the model's layers; a layer that is shared stands here once. */
  readonly sites: readonly DropoutSite[];
  readonly pitfalls: readonly Pitfall[];
}

/**
 * Lists a model's dropout, of this package and of tfjs, in nested models, wrappers and recurrent cells too,
 * and what is likely a mistake in it.
 * @throws {TypeError} If `model` is no `LayersModel`, such as a graph model.
 */
export function inspectDropout(model: tf.LayersModel): DropoutReport {
  checkModel("inspectDropout", model);
  const graph = new LayerGraph(model);
  const found = graph.layers.flatMap(sitesOf);
  return { sites: found.map(({ site }) => site), pitfalls: pitfallsOf(found, graph) };
}

/** A layer's sites; where it has several places, those where it draws. */
function sitesOf(placed: PlacedLayer): FoundSite[] {
  const { layer, path } = placed;
  const isOurs = isNoisy(layer);
  const noise = isOurs ? layer : tfjsNoise(layer);
  if (noise === undefined) return [];
  const { variant, seed, site, step } = noise;
  const parts = variant.parts.filter(
    ({ field }, _, { length }) => length === 1 || field.rate !== 0,
  );
  return parts.map((part) => ({
    ...placed,
    field: part.field,
    stream: streamOf(part, noise),
    site: {
      kind: isOurs ? "dropoutkit" : "tfjs",
      layer: path,
      className: layer.getClassName(),
      variant: variant.name,
      place: part.at,
      rate: part.field.rate,
      seed,
      ...(isOurs && { site, step }),
    },
  }));
}

/** What the numbers are a function of, beside the step; tfjs's own without a seed are like no others. */
function streamOf(part: Part, { seed, site }: Partial<Noisy>): unknown {
  if (site !== undefined) return `${seed}/${siteHash(partSite(site, part))}`;
  return seed ?? Symbol();
}
