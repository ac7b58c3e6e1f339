import {
  alphaDropout,
  dropBlock,
  dropout,
  featureAlphaDropout,
  gaussianDropout,
  type NoiseShape,
  spatialDropout,
  stochasticDepth,
  type Variant,
} from "@dropoutkit/core";
import type { Dim } from "../model/valueInfo.js";
import type { NoisePattern } from "./noisePatterns.js";

export interface PatternVariantOptions extends Pick<NoisePattern, "law" | "blockSize"> {
  readonly rate: number;
  /** Sizes of the mask and of what it is over. */
  readonly mask: readonly Dim[];
  readonly target: readonly Dim[];
}

/** The variant that draws as a pattern does, over a field with the sizes of its mask; undefined where core has none. */
export function patternVariant(options: PatternVariantOptions): Variant | undefined {
  const { law, rate, blockSize, mask, target } = options;
  const rank = target.length;
  const sizes = target.map((_, axis) => mask[axis - rank + mask.length] ?? 1);
  const isShared = target.map((size, axis) => sizes[axis] === 1 && size !== 1);
  const isRun = (from: number, to: number): boolean =>
    from < to && isShared.every((shared, axis) => shared === (axis >= from && axis < to));
  const isAll = !isShared.includes(true);
  const isOf = (channels: "first" | "last"): boolean =>
    rank > 2 && (channels === "first" ? isRun(2, rank) : isRun(1, rank - 1));
  const channels = (["first", "last"] as const).find(isOf);
  const noiseShape: NoiseShape = isShared.map((shared) => (shared ? 1 : null));
  // A mask of blocks for the whole batch gets one for each example.
  if (law === "blocks") {
    return blockSize && rank > 2 ? dropBlock({ rate, blockSize, channels: "first" }) : undefined;
  }
  if (law === "gaussian") return isAll ? gaussianDropout({ rate }) : undefined;
  if (law === "alpha") {
    if (isAll) return alphaDropout({ rate });
    return channels ? featureAlphaDropout({ rate, channels }) : alphaDropout({ rate, noiseShape });
  }
  if (isAll) return dropout({ rate });
  if (channels) return spatialDropout({ rate, channels });
  return isRun(1, rank) ? stochasticDepth({ rate }) : dropout({ rate, noiseShape });
}
