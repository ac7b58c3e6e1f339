/** Sizes of a mask along the trailing axes, 1 (one draw for the axis) or the target's; `null` is the target's. */
export type NoiseShape = readonly (number | null)[];

/** @throws {RangeError} If a size is neither null nor an integer >= 1. */
export function checkNoiseShape(owner: string, noiseShape: NoiseShape): NoiseShape {
  for (const size of noiseShape) {
    if (size !== null && !(Number.isInteger(size) && size >= 1)) {
      throw new RangeError(`${owner}: noiseShape must be null or integers >= 1, got ${size}`);
    }
  }
  return noiseShape;
}
