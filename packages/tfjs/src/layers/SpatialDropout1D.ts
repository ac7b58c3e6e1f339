import { spatialDropout } from "@dropoutkit/core";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `spatialDropout1d`. */
export interface SpatialDropout1DArgs extends NoiseLayerArgs {
  /** Probability in [0, 1] to drop a channel of an example. */
  readonly rate: number;
}

/**
 * Drops whole channels of sequences: one draw for each example and channel, shared over time. Input
 * `[batch, time, channels]`. The identity at inference.
 * @see Tompson et al. 2015, "Efficient Object Localization Using Convolutional Networks", section 3.2
 * (arXiv:1411.4280).
 */
export class SpatialDropout1D extends NoiseLayer {
  static readonly className = "dropoutkit>SpatialDropout1D";
  declare rate: number;

  /**
   * @throws {TypeError} If `rate` is no number, or `site` no string.
   * @throws {RangeError} If `rate` is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: SpatialDropout1DArgs) {
    super(
      { rates: { rate: args.rate }, variantOf: ({ rate }) => spatialDropout({ rate }) },
      { ...args, rank: 3 },
    );
  }
}

/**
 * Makes a layer that drops channels of sequences with probability `rate` in training.
 * @throws As the constructor of `SpatialDropout1D` does.
 */
export function spatialDropout1d(args: SpatialDropout1DArgs): SpatialDropout1D {
  return new SpatialDropout1D(args);
}
