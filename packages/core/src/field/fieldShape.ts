import type { Field, Shape } from "../seam/seam.js";
import { boundField } from "./boundField.js";

/**
 * For each axis of a target, whether one draw serves all entries along it.
 * @param owner Who asks, for messages.
 * @param rank Number of the target's axes.
 * @throws {RangeError} If the field names axes that the target does not have.
 * @throws {TypeError} If the field is over space, and its channels are not known.
 */
export function sharedAxes(owner: string, field: Field, rank: number): boolean[] {
  const { shared = [], noiseShape } = boundField(owner, field);
  const axes: boolean[] = new Array(rank).fill(false);
  for (const range of shared) {
    const [from, to] = range.map((axis) => (axis < 0 ? axis + rank : axis));
    // A run may be empty, as `[1, -1]` is for a target `[batch]`, but not reversed.
    if (!(from >= 0 && to < rank && from <= to + 1)) {
      throw new RangeError(
        `${owner}: axes [${range.join(", ")}] must be a run in the target, got rank ${rank}`,
      );
    }
    axes.fill(true, from, to + 1);
  }
  if (noiseShape === undefined) return axes;
  const lead = rank - noiseShape.length;
  if (lead < 0) {
    throw new RangeError(
      `${owner}: noiseShape [${noiseShape.map(String).join(", ")}] must have no more axes than the target, got rank ${rank}`,
    );
  }
  return axes.map((shares, axis) => shares || axis < lead || noiseShape[axis - lead] === 1);
}

/**
 * Shape of a field over a target: size 1 along shared axes, the target's elsewhere, after
 * `[samples, batch]` where the field has these.
 * @param owner Who asks, for messages.
 * @param batch Examples in the batch; needed where the field is per example.
 * @throws {RangeError} If the field does not fit the target.
 * @throws {TypeError} If `batch` is needed and missing, or the field is over space, and its channels are not known.
 */
export function fieldShape(owner: string, field: Field, target: Shape, batch?: number): Shape {
  checkRank(owner, field, target);
  fitNoiseShape(owner, boundField(owner, field), target);
  const axes = sharedAxes(owner, field, target.length);
  const shape = target.map((size, axis) => (axes[axis] ? 1 : size));
  if (field.perExample) {
    if (batch === undefined) {
      throw new TypeError(`${owner}: batch must be given for a field per example, got undefined`);
    }
    shape.unshift(batch);
  }
  if (field.samples !== undefined) shape.unshift(field.samples);
  return shape;
}

function checkRank(owner: string, { minRank = 0 }: Field, target: Shape): void {
  if (target.length < minRank) {
    throw new RangeError(
      `${owner}: values must have at least ${minRank} axes, got shape [${target.join(", ")}]`,
    );
  }
}

function fitNoiseShape(owner: string, { noiseShape = [] }: Field, target: Shape): void {
  const lead = target.length - noiseShape.length;
  const fits = noiseShape.every(
    (size, i) => size === null || size === 1 || size === target[lead + i],
  );
  if (lead < 0 || !fits) {
    throw new RangeError(
      `${owner}: noiseShape must broadcast to the target [${target.join(", ")}], got [${noiseShape.map(String).join(", ")}]`,
    );
  }
}

/** Number of entries of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, dim) => size * dim, 1);
}
