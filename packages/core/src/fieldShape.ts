import type { Axes, Field, Shape } from "./seam.js";

/**
 * Shape of a field over a target; it broadcasts to the target (after `[samples, batch]` where the
 * field has these).
 * @param batch Examples in the batch; needed where the field is per example.
 * @throws {RangeError} If the field does not fit the target.
 */
export function fieldShape(field: Field, target: Shape, batch?: number): Shape {
  let shape = target;
  if (field.shared !== undefined) shape = share(field.shared, shape);
  if (field.noiseShape !== undefined) shape = intersect(field.noiseShape, shape, target);
  if (field.perExample) {
    if (batch === undefined) {
      throw new TypeError("fieldShape: batch must be given for a field per example, got undefined");
    }
    shape = [batch, ...shape];
  }
  return field.samples === undefined ? shape : [field.samples, ...shape];
}

function share(shared: readonly Axes[], target: Shape): Shape {
  const rank = target.length;
  const shape = [...target];
  for (const axes of shared) {
    const [from, to] = axes.map((axis) => (axis < 0 ? axis + rank : axis));
    // A run may be empty, as `[1, -1]` is for a target `[batch]`, but not reversed.
    if (!(from >= 0 && to < rank && from <= to + 1)) {
      throw new RangeError(
        `fieldShape: axes [${axes.join(", ")}] must be a run in the target, got shape [${target.join(", ")}]`,
      );
    }
    shape.fill(1, from, to + 1);
  }
  return shape;
}

function intersect(noiseShape: readonly (number | null)[], shape: Shape, target: Shape): Shape {
  const lead = target.length - noiseShape.length;
  const fits = noiseShape.every(
    (size, i) => size === null || size === 1 || size === target[lead + i],
  );
  if (lead < 0 || !fits) {
    throw new RangeError(
      `fieldShape: noiseShape must broadcast to the target [${target.join(", ")}], got [${noiseShape.map(String).join(", ")}]`,
    );
  }
  return shape.map((size, axis) => (axis < lead || noiseShape[axis - lead] === 1 ? 1 : size));
}

/** Number of entries of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, dim) => size * dim, 1);
}
