import { dropBlock } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import { channelsOf, type DataFormat } from "./dataFormat.js";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `dropBlock2d`. */
export interface DropBlock2DArgs extends NoiseLayerArgs {
  /** Share of the entries to drop, in [0, 1]. Blocks overlap, so the realised share is a little lower. */
  readonly rate: number;
  /** Edge of a block in entries: an integer >= 1, at most the input's height and width. */
  readonly blockSize: number;
  /** Where the channels are. Default "channelsLast". */
  readonly dataFormat?: DataFormat | null;
}

/**
 * Drops square blocks of each feature map, and scales survivors by entries / kept entries; the identity
 * at inference. Blocks larger than the map are an error of the training call, while torchvision and timm
 * make them smaller. Input `[batch, height, width, channels]`, or `[batch, channels, height, width]` with
 * channels first.
 * @see Ghiasi, Lin and Le 2018, "DropBlock: A regularization method for convolutional networks",
 * section 3 and algorithm 1 (arXiv:1810.12890).
 */
export class DropBlock2D extends NoiseLayer {
  static readonly className = "dropoutkit>DropBlock2D";
  declare rate: number;
  declare readonly blockSize: number;
  declare readonly dataFormat: DataFormat;

  /**
   * @throws {TypeError} If an option is of the wrong kind.
   * @throws {RangeError} If `rate` is outside [0, 1], `blockSize` is no integer >= 1, or `seed` or `step`
   * is no integer in [0, 2^32).
   */
  constructor(args: DropBlock2DArgs) {
    const { blockSize } = args;
    const channels = channelsOf("dropBlock2d", args.dataFormat);
    super(
      {
        rates: { rate: args.rate },
        fixed: { blockSize, dataFormat: args.dataFormat ?? "channelsLast" },
        variantOf: ({ rate }) => dropBlock({ rate, blockSize, channels }),
      },
      { ...args, rank: 4 },
    );
  }
}

/**
 * Makes a layer that drops blocks of feature maps in training.
 * @throws As the constructor of `DropBlock2D` does.
 */
export function dropBlock2d(args: DropBlock2DArgs): DropBlock2D {
  return new DropBlock2D(checkOptions("dropBlock2d", args));
}
