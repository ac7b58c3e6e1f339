import type { NoiseKey } from "../key/noiseKey.js";
import type { Shape } from "../seam/seam.js";

/** What a field is drawn for, and where its noise comes from: `site` is the part's, of `partSite`. */
export interface DrawFieldOptions extends NoiseKey {
  /** Whom errors name. Default: the function that is called. */
  readonly owner?: string;
  /** Shape of the values that the field broadcasts to. */
  readonly target: Shape;
  /** Replaces the field's rate, as a schedule does; in [0, 1]. */
  readonly rate?: number;
  /** Examples in the batch; needed where the field is per example. */
  readonly batch?: number;
  /** Iteration of a loop, for a field that is drawn anew at each; an integer >= 0. Default 0. */
  readonly timestep?: number;
}
