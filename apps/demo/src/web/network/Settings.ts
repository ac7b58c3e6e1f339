import type { NetworkId } from "../../experiment/networks/Network.js";

/** What a training on the page is made of: equal settings on equal data give equal curves. */
export interface Settings {
  readonly network: NetworkId | typeof OWN;
  /** Of the network's variants; none of a model of one's own. */
  readonly variant: string;
  /** Drop probabilities in [0, 1], one for each rate of the variant. */
  readonly rates: readonly number[];
  /** Framework and backend. */
  readonly runtime: string;
  /** What trains beside it: the same without dropout, or the same in the other framework. */
  readonly beside: Beside;
  /** Of weights, masks and the order of examples: an integer in [0, 2^32). */
  readonly seed: number;
}

export type Beside = "plain" | "framework";

/** The network that somebody brought. */
export const OWN = "own";
