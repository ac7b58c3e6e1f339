import { spatialDropout } from "@dropoutkit/core";
import { channelsOf, type DataFormat } from "./dataFormat.js";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `spatialDropout2d`. */
export interface SpatialDropout2DArgs extends NoiseLayerArgs {
  /** Probability in [0, 1] to drop a feature map of an example. */
  readonly rate: number;
  /** Where the channels are. Default "channelsLast". */
  readonly dataFormat?: DataFormat | null;
}

/**
 * Drops whole feature maps of images: one draw for each example and channel, shared over space. Input
 * `[batch, height, width, channels]`, or `[batch, channels, height, width]` with channels first.
 * The identity at inference.
 * @see Tompson et al. 2015, "Efficient Object Localization Using Convolutional Networks", section 3.2
 * (arXiv:1411.4280).
 */
export class SpatialDropout2D extends NoiseLayer {
  /** Keras's own name, which tfjs leaves free: models from Keras 2 load. */
  static readonly className = "SpatialDropout2D";
  declare rate: number;
  declare readonly dataFormat: DataFormat;

  /**
   * @throws {TypeError} If `rate` is no number, `site` no string, or `dataFormat` another word.
   * @throws {RangeError} If `rate` is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: SpatialDropout2DArgs) {
    const channels = channelsOf("spatialDropout2d", args.dataFormat);
    super(
      {
        rates: { rate: args.rate },
        fixed: { dataFormat: args.dataFormat ?? "channelsLast" },
        variantOf: ({ rate }) => spatialDropout({ rate, channels }),
      },
      { ...args, rank: 4 },
    );
  }
}

/**
 * Makes a layer that drops feature maps of images with probability `rate` in training.
 * @throws As the constructor of `SpatialDropout2D` does.
 */
export function spatialDropout2d(args: SpatialDropout2DArgs): SpatialDropout2D {
  return new SpatialDropout2D(args);
}
