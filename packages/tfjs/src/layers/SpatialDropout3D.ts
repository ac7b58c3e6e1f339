import { spatialDropout } from "@dropoutkit/core";
import { channelsOf, type DataFormat } from "./dataFormat.js";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `spatialDropout3d`. */
export interface SpatialDropout3DArgs extends NoiseLayerArgs {
  /** Probability in [0, 1] to drop a feature map of an example. */
  readonly rate: number;
  /** Where the channels are. Default "channelsLast". */
  readonly dataFormat?: DataFormat | null;
}

/**
 * Drops whole feature maps of volumes: one draw for each example and channel, shared over space. Input
 * `[batch, depth, height, width, channels]`, or `[batch, channels, depth, height, width]` with channels first.
 * The identity at inference.
 * @see Tompson et al. 2015, "Efficient Object Localization Using Convolutional Networks", section 3.2
 * (arXiv:1411.4280).
 */
export class SpatialDropout3D extends NoiseLayer {
  /** Keras's own name, which tfjs leaves free: models from Keras 2 load. */
  static readonly className = "SpatialDropout3D";
  declare rate: number;
  declare readonly dataFormat: DataFormat;

  /**
   * @throws {TypeError} If `rate` is no number, `site` no string, or `dataFormat` another word.
   * @throws {RangeError} If `rate` is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: SpatialDropout3DArgs) {
    const channels = channelsOf("spatialDropout3d", args.dataFormat);
    super(
      {
        rates: { rate: args.rate },
        fixed: { dataFormat: args.dataFormat ?? "channelsLast" },
        variantOf: ({ rate }) => spatialDropout({ rate, channels }),
      },
      { ...args, rank: 5 },
    );
  }
}

/**
 * Makes a layer that drops feature maps of volumes with probability `rate` in training.
 * @throws As the constructor of `SpatialDropout3D` does.
 */
export function spatialDropout3d(args: SpatialDropout3DArgs): SpatialDropout3D {
  return new SpatialDropout3D(args);
}
