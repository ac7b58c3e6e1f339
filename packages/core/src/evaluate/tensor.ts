import { sizeOf } from "../field/fieldShape.js";
import type { Shape } from "../seam/seam.js";

export type Floats = Float32Array | Float64Array;

/** Floats with a shape, row-major. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Floats;
}

/** Makes arrays of the precision that a computation runs in; each of its results is rounded to it. */
export type MakeFloats = (entries: number) => Floats;

/**
 * The shape that all broadcast to, aligned at the last axis.
 * @throws {RangeError} If two sizes differ and neither is 1.
 */
export function broadcastShape(owner: string, shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((n) => n !== 1) ?? 1;
    if (sizes.some((n) => n !== 1 && n !== size)) {
      const listed = shapes.map((shape) => `[${shape.join(", ")}]`).join(", ");
      throw new RangeError(`${owner}: shapes must broadcast, got ${listed}`);
    }
    return size;
  });
}

/** For each entry of a shape, the entry of a smaller one that broadcasts to it. */
function sourceEntries(from: Shape, to: Shape): Uint32Array {
  let entries = new Uint32Array(1);
  to.forEach((size, axis) => {
    const own = from[axis - to.length + from.length] ?? 1;
    const next = new Uint32Array(entries.length * size);
    entries.forEach((entry, i) => {
      for (let k = 0; k < size; k++) next[i * size + k] = entry * own + (own === 1 ? 0 : k);
    });
    entries = next;
  });
  return entries;
}

/** The tensor's values at a larger shape; its own array where there is nothing to repeat. */
export function broadcastTo({ shape, data }: Tensor, to: Shape, make: MakeFloats): Floats {
  const entries = sizeOf(to);
  if (entries === data.length) return data;
  if (data.length === 1) return make(entries).fill(data[0]);
  const source = sourceEntries(shape, to);
  const result = make(entries);
  for (let i = 0; i < entries; i++) result[i] = data[source[i]];
  return result;
}

/** What broadcasting does to gradients: sums the entries that one entry of the smaller shape became. */
export function sumTo({ shape, data }: Tensor, to: Shape, make: MakeFloats): Tensor {
  const sums = new Float64Array(sizeOf(to));
  if (sums.length === data.length) return { shape: to, data };
  const source = sourceEntries(to, shape);
  for (let i = 0; i < data.length; i++) sums[source[i]] += data[i];
  const result = make(sums.length);
  result.set(sums);
  return { shape: to, data: result };
}
