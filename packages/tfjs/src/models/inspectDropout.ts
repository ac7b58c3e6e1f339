import type * as tf from "@tensorflow/tfjs";
import type { DropoutSite } from "./DropoutSite.js";
import type { FoundSite } from "./FoundSite.js";
import { LayerGraph } from "./LayerGraph.js";
import { noiseOf } from "./noiseOf.js";
import { type Pitfall, pitfallsOf } from "./pitfalls.js";

/** What `inspectDropout` finds. */
export interface DropoutReport {
  /** In the order of the model's layers; a layer that is shared stands here once. */
  readonly sites: readonly DropoutSite[];
  readonly pitfalls: readonly Pitfall[];
}

/**
 * Lists a model's dropout, of this package and of tfjs, in nested models, wrappers and recurrent cells too,
 * and what is likely a mistake in it.
 */
export function inspectDropout(model: tf.LayersModel): DropoutReport {
  const graph = new LayerGraph(model);
  const found = graph.layers.flatMap((placed) =>
    noiseOf(placed.layer).map(({ stream, field, ...noise }): FoundSite => {
      const { kind, variant, place, seed, ...ours } = noise;
      const className = placed.layer.getClassName();
      const { rate } = field;
      const site = { kind, layer: placed.path, className, variant, place, rate, seed, ...ours };
      return { ...placed, site, field, stream };
    }),
  );
  return { sites: found.map(({ site }) => site), pitfalls: pitfallsOf(found, graph) };
}
