import { SIDE } from "./digits.js";

/** Pixels between knots. A cubic B-spline of this spacing has a deviation of 7 / sqrt(3), about 4 pixels. */
const SPACING = 7;

/** Knots along an axis: those whose splines reach a pixel. */
const KNOTS: number = SIDE / SPACING + 3;

/** Random numbers that a smooth noise is made of. */
export const SMOOTH_NOISE_DRAWS: number = KNOTS * KNOTS;

/**
 * A smooth random function over an image: white noise in (-1, 1) at knots 7 pixels apart, filtered
 * with a cubic B-spline. Elastic distortion asks for a Gaussian filter; the spline has its shape, and
 * needs no exponential, which may differ in the last bit from one machine to another.
 * @param draws `[7, 7]` uniforms in (0, 1).
 * @returns Its value at a point in pixels, in (-1, 1); beyond the image, that of the nearest point of
 * [0, 28] by [0, 28].
 */
export function smoothNoise(draws: Float32Array): (x: number, y: number) => number {
  return (x, y) => {
    const [column, columnWeights] = knotsAt(x);
    const [row, rowWeights] = knotsAt(y);
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      const start = (row + i) * KNOTS + column;
      for (let j = 0; j < 4; j++) {
        sum += rowWeights[i] * columnWeights[j] * (2 * draws[start + j] - 1);
      }
    }
    return sum;
  };
}

/** The first of the four knots that reach a coordinate, and their weights, which sum to 1. */
function knotsAt(coordinate: number): readonly [first: number, weights: readonly number[]] {
  const position = Math.min(Math.max(coordinate / SPACING, 0), KNOTS - 3);
  const first = Math.min(Math.floor(position), KNOTS - 4);
  const t = position - first;
  const u = 1 - t;
  return [
    first,
    [
      (u * u * u) / 6,
      (4 - 3 * t * t * (1 + u)) / 6,
      (4 - 3 * u * u * (1 + t)) / 6,
      (t * t * t) / 6,
    ],
  ];
}
