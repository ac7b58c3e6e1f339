import { checkCount } from "../checks/checkOption.js";
import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import type { Variant } from "../seam/seam.js";
import { type Channels, openAxes } from "./channels.js";
import { dropPart } from "./dropPart.js";
import { channelsOption, type VariantEntry } from "./VariantEntry.js";

export interface DropBlockOptions {
  /** Share of the entries to drop, in [0, 1]. Blocks overlap, so the realised share is a little lower. */
  readonly rate: number;
  /** Edge of a block in entries: an integer >= 1, at most the smallest spatial size of what it is applied to. */
  readonly blockSize: number;
  /** Where the channels are. Default: where the framework that executes the variant has them; over arrays it must be said. */
  readonly channels?: Channels;
}

/**
 * Drops contiguous blocks of each feature map, of `blockSize` entries along each of the 1, 2 or 3 axes
 * of space, and scales survivors by entries / kept entries; the identity at inference. Blocks start
 * where they fit whole; blocks larger than the map are an error where the variant is applied, while
 * torchvision and timm make them smaller. Target `[batch, ...space, channels]`, or `[batch, channels, ...space]`.
 * @throws {TypeError} If an option is of the wrong kind.
 * @throws {RangeError} If `rate` is outside [0, 1], or `blockSize` is no integer >= 1.
 * @see Ghiasi, Lin and Le 2018, "DropBlock: A regularization method for convolutional networks",
 * section 3 and algorithm 1 (arXiv:1810.12890).
 */
export function dropBlock(options: DropBlockOptions): Variant {
  const { rate, blockSize, channels } = checkOptions("dropBlock", options);
  checkRate("dropBlock", rate);
  const grow = {
    size: checkCount("dropBlock", "blockSize", blockSize),
    axes: openAxes("dropBlock", channels),
  };
  return { name: "dropBlock", parts: [dropPart("activation", { rate, minRank: 3, grow })] };
}

/** Its row of the table of variants. */
export const dropBlockEntry: VariantEntry = {
  name: "dropBlock",
  make: dropBlock,
  drops: "blocks of feature maps",
  paper: "Ghiasi et al. 2018, arXiv:1810.12890",
  rates: ["rate"],
  options: {
    blockSize: { takes: "count", about: "edge of a block in entries", start: 7 },
    channels: channelsOption,
  },
};
