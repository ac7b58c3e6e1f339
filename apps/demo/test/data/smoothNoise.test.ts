import { drawUniform } from "@dropoutkit/core/adapter";
import { describe, expect, it } from "vitest";
import { SMOOTH_NOISE_DRAWS, smoothNoise } from "../../src/data/smoothNoise.js";

describe("smoothNoise", () => {
  it("is constant where all knots are: the weights sum to 1", () => {
    const noise = smoothNoise(new Float32Array(SMOOTH_NOISE_DRAWS).fill(0.75));
    for (const x of [-3, 0, 6.9, 7, 13.5, 27, 28, 40]) {
      // 16 products of numbers below 1, each rounded within 2^-53.
      expect(Math.abs(noise(x, 28 - x) - 0.5)).toBeLessThan(1e-14);
    }
  });

  it("is continuous across knots", () => {
    const draws = drawUniform({ seed: 1, site: "test", step: 0, shape: [SMOOTH_NOISE_DRAWS] });
    const noise = smoothNoise(draws);
    for (const knot of [7, 14, 21]) {
      // A cubic B-spline's slope is at most 2/3 a knot spacing for each weight of a knot in (-1, 1),
      // four of which meet: below 1 a pixel, so 2e-9 over 2e-9 pixels.
      expect(Math.abs(noise(knot - 1e-9, 3) - noise(knot + 1e-9, 3))).toBeLessThan(2e-9);
      expect(Math.abs(noise(3, knot - 1e-9) - noise(3, knot + 1e-9))).toBeLessThan(2e-9);
    }
  });

  it("reads a knot under its own spline with weight 2/3 along each axis", () => {
    const draws = new Float32Array(SMOOTH_NOISE_DRAWS).fill(0.5);
    draws[2 * 7 + 3] = 1; // Row 2 lies at y = 7 and column 3 at x = 14.
    expect(Math.abs(smoothNoise(draws)(14, 7) - 4 / 9)).toBeLessThan(1e-15);
    expect(smoothNoise(draws)(14, 21)).toBe(0);
  });
});
