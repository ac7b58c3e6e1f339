import { dropout, spatialDropout, stochasticDepth, type Variant } from "@dropoutkit/core";
import type { Dim } from "../valueInfo.js";

/** The variant whose field has the sizes of a mask over a tensor. */
export function patternVariant(
  rate: number,
  mask: readonly Dim[],
  target: readonly Dim[],
): Variant {
  const rank = target.length;
  const sizes = target.map((_, axis) => mask[axis - rank + mask.length] ?? 1);
  const isShared = target.map((size, axis) => sizes[axis] === 1 && size !== 1);
  const isRun = (from: number, to: number): boolean =>
    from < to && isShared.every((shared, axis) => shared === (axis >= from && axis < to));
  if (!isShared.includes(true)) return dropout({ rate });
  if (rank > 2 && isRun(2, rank)) return spatialDropout({ rate, channels: "first" });
  if (rank > 2 && isRun(1, rank - 1)) return spatialDropout({ rate, channels: "last" });
  if (isRun(1, rank)) return stochasticDepth({ rate });
  return dropout({ rate, noiseShape: isShared.map((shared) => (shared ? 1 : null)) });
}
