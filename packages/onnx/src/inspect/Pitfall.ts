import type { DropoutSite } from "./dropoutSites.js";

/** What is likely a mistake in a model's dropout, or becomes one when its weights are trained. */
export interface Pitfall {
  readonly code:
    | "noisyOutput"
    | "entriesOfMaps"
    | "oneRate"
    | "leftOn"
    | "unknownNoise"
    | "unread"
    | "batchStatistics"
    | "mergedWeights"
    | "untiedCopy";
  /** The sites that it is about; of weights and other nodes none. */
  readonly sites: readonly DropoutSite[];
  /** Names of the nodes that it is about, where these are no sites, behind those of the graphs around them. */
  readonly nodes?: readonly string[];
  /** One sentence: what is wrong, and what helps. */
  readonly message: string;
}
