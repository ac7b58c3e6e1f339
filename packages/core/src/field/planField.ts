import { type KeyWords, keyWords } from "../key/noiseKey.js";
import { checkRate, dropThreshold } from "../seam/rate.js";
import type { Axes, Field, Shape } from "../seam/seam.js";
import { type BoundField, boundField } from "./boundField.js";
import type { DrawFieldOptions } from "./DrawFieldOptions.js";
import { fieldShape, sizeOf } from "./fieldShape.js";
import { checkShape, timestepBlock } from "./shape.js";

/**
 * All that a program on another device needs to draw a field: words and sizes. The draw of an entry
 * follows sections 3 and 4 of docs/mask-contract.md.
 */
export interface FieldPlan {
  readonly draw: Field["draw"];
  /** Shape of the field. */
  readonly shape: Shape;
  /** Shape of what is drawn: the field's, or that of the seeds of a field that grows. */
  readonly drawn: Shape;
  /** The generator's key, and the second word of its counter. */
  readonly key: KeyWords;
  /** The block that the first drawn entry lies in. */
  readonly firstBlock: number;
  /** Of a Bernoulli field: drops a 16-bit draw below this; an integer in [0, 65536]. Otherwise 0. */
  readonly threshold: number;
  /** Where dropped entries are seeds: the blocks' edge, and the axes of `shape`, from 0, that they extend along. */
  readonly grow?: { readonly size: number; readonly axes: Axes };
}

/**
 * Works out how a field is drawn, and draws nothing.
 * @throws {RangeError} If the field does not fit the target, or an option is out of range.
 * @throws {TypeError} If a rate or the batch is needed and missing, or the field is over space, and its
 * channels are not known.
 */
export function planField(field: Field, options: DrawFieldOptions): FieldPlan {
  const { owner = "planField", target, batch, timestep } = options;
  const { grow: blocks } = boundField(owner, field);
  const shape = fieldShape(owner, field, target, batch);
  const isBernoulli = field.draw === "bernoulli";
  const rate = isBernoulli ? checkRate(owner, options.rate ?? field.rate) : 0;
  const grow = blocks && growAxes(blocks, shape.length - target.length, target.length);
  const seeds = grow && seedPlan(owner, shape, { rate, ...grow });
  const drawn = seeds?.shape ?? shape;
  const entriesPerBlock = isBernoulli ? 4 : 2;
  const entries = sizeOf(checkShape(owner, drawn, entriesPerBlock));
  return {
    draw: field.draw,
    shape,
    drawn,
    key: keyWords(owner, options),
    firstBlock: timestepBlock(owner, {
      ...(timestep !== undefined && { timestep }),
      entries,
      entriesPerBlock,
    }),
    threshold: dropThreshold(seeds?.rate ?? rate),
    ...(grow && { grow }),
  };
}

type Grow = NonNullable<FieldPlan["grow"]>;

/** Axes count from the target's front; a field may have a batch and samples before them. */
function growAxes(
  { size, axes }: NonNullable<BoundField["grow"]>,
  lead: number,
  rank: number,
): Grow {
  const [from, to] = axes.map((axis) => lead + (axis < 0 ? axis + rank : axis));
  return { size, axes: [from, to] };
}

/** Where blocks fit whole, and the seeds' rate at which they drop the asked share, but for their overlaps. */
function seedPlan(
  owner: string,
  shape: Shape,
  { rate, size, axes: [from, to] }: Grow & { readonly rate: number },
): { readonly shape: Shape; readonly rate: number } {
  const sizes = shape.slice(from, to + 1);
  for (const n of sizes) {
    if (!(Number.isInteger(size) && size >= 1 && size <= n)) {
      throw new RangeError(`${owner}: block size must be an integer in [1, ${n}], got ${size}`);
    }
  }
  return {
    shape: shape.map((n, axis) => (axis >= from && axis <= to ? n - size + 1 : n)),
    rate: rate === 1 ? 1 : sizes.reduce((gamma, n) => (gamma * n) / (size * (n - size + 1)), rate),
  };
}
