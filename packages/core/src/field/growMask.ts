import type { Axes, Shape } from "../seam/seam.js";
import { sizeOf } from "./fieldShape.js";

/** Seeds' shape, the blocks' edge, and the run of axes, from 0, that they extend along. */
export interface GrowMaskOptions {
  readonly shape: Shape;
  readonly size: number;
  readonly axes: Axes;
}

/**
 * Grows dropped entries to blocks of `size` entries along each of `axes`, which become `size - 1`
 * longer: 1 where an entry is kept, 0 where a block covers it. Costs one pass over the field for each
 * axis, whatever the size.
 * @see Ghiasi, Lin and Le 2018, "DropBlock: A regularization method for convolutional networks",
 * algorithm 1 (arXiv:1810.12890).
 */
export function growMask(seeds: Uint8Array, { shape, size, axes }: GrowMaskOptions): Uint8Array {
  const grown = [...shape];
  let mask = seeds;
  for (let axis = axes[0]; axis <= axes[1]; axis++) {
    mask = growAlong(mask, { shape: grown, axis, size });
    grown[axis] += size - 1;
  }
  return mask;
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
