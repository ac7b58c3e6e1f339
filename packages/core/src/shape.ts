import { sizeOf } from "./fieldShape.js";
import type { Shape } from "./seam.js";

/** A field has fewer than 2^32 blocks, counted in whole tiles of 64. */
const MAX_BLOCKS = 2 ** 32 - 64;

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
