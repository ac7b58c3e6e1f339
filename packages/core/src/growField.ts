import { drawMask } from "./drawMask.js";
import { sizeOf } from "./fieldShape.js";
import type { NoiseKey } from "./noiseKey.js";
import type { Axes, Shape } from "./seam.js";

/** A field of blocks: its shape, the blocks' edge, and the run of axes, from 0, that they extend along. */
export interface GrownOptions extends NoiseKey {
  readonly shape: Shape;
  readonly rate: number;
  readonly timestep?: number;
  readonly size: number;
  readonly axes: Axes;
}

/**
 * Draws seeds where a block of `size` entries along each of `axes` fits whole, and grows dropped
 * ones to blocks: 1 where an entry is kept, 0 where a block covers it. Costs one pass over the field
 * for each axis, whatever the size.
 * @throws {RangeError} If `size` is no integer in [1, n], n the size of one of the axes.
 * @see Ghiasi, Lin and Le 2018, "DropBlock: A regularization method for convolutional networks",
 * algorithm 1 (arXiv:1810.12890).
 */
export function growField({ shape, size, axes: [from, to], ...options }: GrownOptions): Uint8Array {
  const sizes = shape.slice(from, to + 1);
  for (const n of sizes) {
    if (!(Number.isInteger(size) && size >= 1 && size <= n)) {
      throw new RangeError(`growField: block size must be an integer in [1, ${n}], got ${size}`);
    }
  }
  const grown = shape.map((n, axis) => (axis >= from && axis <= to ? n - size + 1 : n));
  let mask = drawMask({ ...options, shape: grown, rate: seedRate(options.rate, size, sizes) });
  for (let axis = from; axis <= to; axis++) {
    mask = growAlong(mask, { shape: grown, axis, size });
    grown[axis] = shape[axis];
  }
  return mask;
}

/** The seeds' rate at which blocks drop the asked share of entries, but for their overlaps. */
function seedRate(rate: number, size: number, sizes: Shape): number {
  if (rate === 1) return 1;
  return sizes.reduce((gamma, n) => (gamma * n) / (size * (n - size + 1)), rate);
}

interface GrowOptions {
  readonly shape: Shape;
  readonly axis: number;
  readonly size: number;
}

/** Drops the `size` entries along an axis that start at a dropped one; the axis becomes `size - 1` longer. */
function growAlong(mask: Uint8Array, { shape, axis, size }: GrowOptions): Uint8Array {
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const grown = new Uint8Array(outer * (shape[axis] + size - 1) * inner);
  /** How many entries the last dropped one still covers, for each line along the axis. */
  const covers = new Int32Array(inner);
  let from = 0;
  let to = 0;
  for (let block = 0; block < outer; block++) {
    covers.fill(0);
    for (let i = 0; i < shape[axis] + size - 1; i++) {
      const seeded = i < shape[axis];
      for (let line = 0; line < inner; line++) {
        if (seeded && mask[from++] === 0) covers[line] = size;
        grown[to++] = covers[line]-- > 0 ? 0 : 1;
      }
    }
  }
  return grown;
}
