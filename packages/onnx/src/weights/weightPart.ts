import type { Variant } from "@dropoutkit/core";
import type { Part } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { EmittedSite } from "../noise/emitSite.js";
import { type NoiseSource, recordSite, replacementOf } from "../sites/site.js";
import type { Weight, WeightedLayer } from "./Weight.js";

/** A part of a variant at one weight of a layer, and where its noise comes from. */
export interface WeightPart {
  readonly owner: string;
  readonly layer: WeightedLayer;
  readonly variant: Variant;
  readonly site: string;
  readonly noise: NoiseSource;
  readonly part: Part;
  readonly weight: Weight;
}

/** Records, in place, that the layer was replaced by nodes that make its output of the noisy weight. */
export function recordReplacement(
  model: OnnxModel,
  { site, variant, part, noise, weight, layer: { node } }: WeightPart,
  drawn: Omit<EmittedSite, "value">,
): void {
  recordSite(model, {
    site,
    variant: variant.name,
    part,
    noise,
    x: weight.tensor,
    output: node.output[0],
    replaces: replacementOf(node),
    ...drawn,
  });
}
