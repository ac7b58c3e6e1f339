import { describe, expect, it } from "vitest";
import { curve } from "../../src/data/curve.js";

describe("curve", () => {
  it("runs through every point of the stroke, five pieces apart", () => {
    const points = curve([0, 0, 10, 30, 50, 20, 90, 100]);
    expect(points).toHaveLength(2 * (3 * 5 + 1));
    expect(points.filter((_, i) => i % 10 < 2)).toEqual([0, 0, 10, 30, 50, 20, 90, 100]);
  });

  it("is the straight line between two points", () => {
    const points = curve([0, 0, 10, 20]);
    for (let i = 0; i < points.length; i += 2) {
      // Coordinates up to 20 after a dozen roundings of 2^-53 each.
      expect(Math.abs(points[i + 1] - 2 * points[i])).toBeLessThan(1e-13);
    }
  });
});
