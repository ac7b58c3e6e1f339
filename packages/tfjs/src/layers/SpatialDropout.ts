import { spatialDropout } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import { channelsOf, type DataFormat } from "./dataFormat.js";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `spatialDropout1d`. */
export interface SpatialDropout1DArgs extends NoiseLayerArgs {
  /** Probability in [0, 1] to drop a channel of an example. */
  readonly rate: number;
}

/** Options of `spatialDropout2d`. */
export interface SpatialDropout2DArgs extends SpatialDropout1DArgs {
  /** Where the channels are. Default "channelsLast". */
  readonly dataFormat?: DataFormat | null;
}

/** Options of `spatialDropout3d`. */
export type SpatialDropout3DArgs = SpatialDropout2DArgs;

/** What a layer over space of several axes is made of. */
function inSpace(
  owner: string,
  { rate, dataFormat }: SpatialDropout2DArgs,
): ConstructorParameters<typeof NoiseLayer>[0] {
  const channels = channelsOf(owner, dataFormat);
  return {
    rates: { rate },
    fixed: { dataFormat: dataFormat ?? "channelsLast" },
    variantOf: ({ rate: now }) => spatialDropout({ rate: now, channels }),
  };
}

/**
 * Drops whole channels of sequences: one draw for each example and channel, shared over time. Input
 * `[batch, time, channels]`. The identity at inference. Between recurrent layers it is variational (locked) dropout.
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
    super(inSpace("spatialDropout2d", args), { ...args, rank: 4 });
  }
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
    super(inSpace("spatialDropout3d", args), { ...args, rank: 5 });
  }
}

/**
 * Makes a layer that drops channels of sequences with probability `rate` in training.
 * @throws As the constructor of `SpatialDropout1D` does.
 */
export function spatialDropout1d(args: SpatialDropout1DArgs): SpatialDropout1D {
  return new SpatialDropout1D(checkOptions("spatialDropout1d", args));
}

/**
 * Makes a layer that drops feature maps of images with probability `rate` in training.
 * @throws As the constructor of `SpatialDropout2D` does.
 */
export function spatialDropout2d(args: SpatialDropout2DArgs): SpatialDropout2D {
  return new SpatialDropout2D(checkOptions("spatialDropout2d", args));
}

/**
 * Makes a layer that drops feature maps of volumes with probability `rate` in training.
 * @throws As the constructor of `SpatialDropout3D` does.
 */
export function spatialDropout3d(args: SpatialDropout3DArgs): SpatialDropout3D {
  return new SpatialDropout3D(checkOptions("spatialDropout3d", args));
}
