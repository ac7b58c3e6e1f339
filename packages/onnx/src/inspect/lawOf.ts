import type { Affine } from "./randomValue.js";

/** What a value is of its tensor: which dropout, and how often it drops. */
export interface Law {
  readonly law: "dropout" | "alpha" | "gaussian" | "blocks";
  /** Drop probability; of blocks that of a seed; undefined where it is not constant. */
  readonly rate: number | undefined;
}

/** What SELU tends to at minus infinity. */
const SATURATION = -1.7580993408473766;

// Constants may be half floats, two of them with a relative error of 2^-11 each.
const isNear = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-3 * Math.max(Math.abs(b), 1e-3);

/**
 * The dropout that a value is of its tensor, which `scale` has multiplied before; undefined where it is
 * none: inverted dropout keeps the mean, alpha dropout what a SELU leaves, Gaussian dropout multiplies by
 * a normal of mean 1, and blocks are divided by the share that they leave.
 * @param entries How many the mask has, where that is known.
 */
export function lawOf(
  value: Affine,
  { scale, entries }: { readonly scale: number; readonly entries: number | undefined },
): Law | undefined {
  const { draw, gain, shift } = value;
  if (value.x === undefined) return undefined;
  if (draw.law === "normal") {
    const isMean = shift.every((entry) => entry === 0) && isNear(scale * gain[0], 1);
    if (!isMean || gain[1] === 0 || value.over) return undefined;
    const variance = (gain[1] / gain[0]) ** 2;
    return { law: "gaussian", rate: variance / (1 + variance) };
  }
  const kept = gain[1] === 0 ? 0 : 1;
  const dropped = kept === 0 ? 1 : 0;
  if (gain[kept] === 0 || gain[dropped] !== 0) return undefined;
  const keep = kept === 0 ? draw.first : 1 - draw.first;
  const isPlain = shift.every((entry) => entry === 0);
  if (value.over) {
    const { counted, count } = value.over;
    const factor = scale * gain[kept] * (count === "sizes" ? 1 : count);
    const expected = count === "sizes" ? 1 : (entries ?? factor);
    if (!isPlain || counted !== kept || !isNear(factor, expected)) return undefined;
    if (draw.block) return { law: "blocks", rate: known(draw.block.seeds) };
    return { law: "dropout", rate: known(1 - keep) };
  }
  if (draw.block || !draw.isEverywhere) return undefined;
  if (isPlain && isNear(scale * gain[kept] * keep, 1)) return { law: "dropout", rate: 1 - keep };
  const rate = 1 - keep;
  const slope = 1 / Math.sqrt(keep * (1 + rate * SATURATION ** 2));
  const isAlpha =
    isNear(scale * gain[kept], slope) &&
    isNear(shift[kept], -slope * rate * SATURATION) &&
    isNear(shift[dropped], slope * keep * SATURATION);
  return isAlpha ? { law: "alpha", rate } : undefined;
}

const known = (rate: number): number | undefined => (Number.isNaN(rate) ? undefined : rate);
