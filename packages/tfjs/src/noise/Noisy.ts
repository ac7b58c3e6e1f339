import type { Variant } from "@dropoutkit/core";

/** What a layer of this package tells of its noise: what is drawn where, and what it is a function of. */
export interface Noisy {
  readonly variant: Variant;
  readonly seed: number;
  /** Name of the layer's noise. */
  readonly site: string;
  /** Training calls made so far. */
  readonly step: number;
  /** Its drop probabilities that can be set, by the names of its properties; none of a layer that learns its own. */
  readonly rates: Readonly<Record<string, number>>;
}
