import type { Shape } from "../seam/seam.js";
import { sizeOf } from "./fieldShape.js";

const TILE_BLOCKS = 64;

/** A field has fewer than 2^32 blocks, counted in whole tiles. */
const MAX_BLOCKS = 2 ** 32 - TILE_BLOCKS;

/** @throws {RangeError} If a size is no integer >= 0, or the field needs 2^32 blocks or more. */
export function checkShape(owner: string, shape: Shape, entriesPerBlock: number): Shape {
  const valid = shape.every((size) => Number.isInteger(size) && size >= 0);
  const most = MAX_BLOCKS * entriesPerBlock;
  if (!valid || !(sizeOf(shape) <= most)) {
    throw new RangeError(
      `${owner}: shape must be integers >= 0 with at most ${most} entries, got [${shape.join(", ")}]`,
    );
  }
  return shape;
}

/**
 * The block where a timestep's field starts: the fields of a loop lie one after another, each in
 * whole tiles.
 * @throws {RangeError} If `timestep` is no integer >= 0, or its field would need block 2^32 or beyond.
 */
export function timestepBlock(
  owner: string,
  {
    timestep = 0,
    entries,
    entriesPerBlock,
  }: {
    readonly timestep?: number;
    readonly entries: number;
    readonly entriesPerBlock: number;
  },
): number {
  const blocks = TILE_BLOCKS * Math.ceil(entries / (TILE_BLOCKS * entriesPerBlock));
  if (!(Number.isInteger(timestep) && timestep >= 0 && (timestep + 1) * blocks <= MAX_BLOCKS)) {
    throw new RangeError(
      `${owner}: timestep must be an integer >= 0 with fewer than 2^32 blocks up to its end, got ${timestep}`,
    );
  }
  return timestep * blocks;
}

/** @throws {RangeError} If an array does not have one element for each entry. */
export function checkLength(
  owner: string,
  {
    name,
    length,
    entries,
  }: { readonly name: string; readonly length: number; readonly entries: number },
): void {
  if (length !== entries) {
    throw new RangeError(`${owner}: ${name} must have ${entries} elements, got ${length}`);
  }
}
