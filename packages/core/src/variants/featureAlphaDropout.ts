import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import type { Variant } from "../seam/seam.js";
import { alphaPart } from "./alphaDropout.js";
import { type Channels, openAxes } from "./channels.js";
import { channelsOption, type VariantEntry } from "./VariantEntry.js";

export interface FeatureAlphaDropoutOptions {
  /** Drop probability in [0, 1]. */
  readonly rate: number;
  /** Where the channels are. Default: where the framework that executes the variant has them; over arrays it must be said. */
  readonly channels?: Channels;
}

/**
 * Alpha dropout of whole feature maps: one draw for each example and channel, shared over space.
 * Target `[batch, ...space, channels]`, or `[batch, channels, ...space]` with channels first.
 * @throws {TypeError} If `rate` is no number, or `channels` is neither "first" nor "last".
 * @throws {RangeError} If `rate` is outside [0, 1].
 * @see Klambauer et al. 2017, "Self-Normalizing Neural Networks" (arXiv:1706.02515), for the values;
 * Tompson et al. 2015, "Efficient Object Localization Using Convolutional Networks", section 3.2
 * (arXiv:1411.4280), for the field.
 */
export function featureAlphaDropout(options: FeatureAlphaDropoutOptions): Variant {
  const { rate, channels } = checkOptions("featureAlphaDropout", options);
  checkRate("featureAlphaDropout", rate);
  const shared = [openAxes("featureAlphaDropout", channels)];
  return { name: "featureAlphaDropout", parts: [alphaPart({ rate, minRank: 3, shared })] };
}

/** Its row of the table of variants. */
export const featureAlphaDropoutEntry: VariantEntry = {
  name: "featureAlphaDropout",
  make: featureAlphaDropout,
  drops: "whole feature maps, to SELU's negative saturation",
  paper: "Klambauer et al. 2017, arXiv:1706.02515",
  rates: ["rate"],
  options: { channels: channelsOption },
};
