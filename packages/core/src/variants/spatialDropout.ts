import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import type { Variant } from "../seam/seam.js";
import { type Channels, openAxes } from "./channels.js";
import { dropPart } from "./dropPart.js";
import { channelsOption, type VariantEntry } from "./VariantEntry.js";

export interface SpatialDropoutOptions {
  /** Drop probability in [0, 1]. */
  readonly rate: number;
  /** Where the channels are. Default: where the framework that executes the variant has them; over arrays it must be said. */
  readonly channels?: Channels;
}

/**
 * Drops whole feature maps: one draw for each example and channel, shared over space of 1, 2 or 3
 * dimensions. Target `[batch, ...space, channels]`, field `[batch, 1, ..., 1, channels]`; channels
 * first `[batch, channels, ...space]`. The identity at inference.
 * @throws {TypeError} If `rate` is no number, or `channels` is neither "first" nor "last".
 * @throws {RangeError} If `rate` is outside [0, 1].
 * @see Tompson et al. 2015, "Efficient Object Localization Using Convolutional Networks", section 3.2
 * (arXiv:1411.4280).
 */
export function spatialDropout(options: SpatialDropoutOptions): Variant {
  const { rate, channels } = checkOptions("spatialDropout", options);
  checkRate("spatialDropout", rate);
  const shared = [openAxes("spatialDropout", channels)];
  return { name: "spatialDropout", parts: [dropPart("activation", { rate, minRank: 3, shared })] };
}

/** Its row of the table of variants. */
export const spatialDropoutEntry: VariantEntry = {
  name: "spatialDropout",
  make: spatialDropout,
  drops: "whole feature maps",
  paper: "Tompson et al. 2015, arXiv:1411.4280",
  rates: ["rate"],
  options: { channels: channelsOption },
};
