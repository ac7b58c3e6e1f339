import type { DropoutSite } from "./dropoutSites.js";

/** What is likely a mistake in a model's dropout, or becomes one when its weights are trained. */
export interface Pitfall {
  readonly code:
    | "noisyOutput"
    | "entriesOfMaps"
    | "oneRate"
    | "leftOn"
    | "mergedWeights"
    | "untiedCopy";
  /** The sites that it is about; of weights none. */
  readonly sites: readonly DropoutSite[];
  /** One sentence: what is wrong, and what helps. */
  readonly message: string;
}
