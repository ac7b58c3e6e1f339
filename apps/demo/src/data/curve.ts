import type { Stroke } from "./glyphs.js";

/** Straight pieces that a curve is drawn with between two of its points. */
const PIECES = 5;

/**
 * The points of a smooth curve through a stroke's points, `x, y, x, y, ...`: a uniform Catmull-Rom
 * spline whose first and last point count twice.
 * @see Catmull and Rom 1974, "A Class of Local Interpolating Splines".
 */
export function curve(stroke: Stroke): number[] {
  const last = stroke.length / 2 - 1;
  const coordinate = (point: number, axis: number): number =>
    stroke[2 * Math.min(Math.max(point, 0), last) + axis];
  const points = [stroke[0], stroke[1]];
  for (let point = 0; point < last; point++) {
    for (let piece = 1; piece <= PIECES; piece++) {
      for (let axis = 0; axis < 2; axis++) {
        const [a, b, c, d] = [-1, 0, 1, 2].map((offset) => coordinate(point + offset, axis));
        const t = piece / PIECES;
        const bend = 2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a);
        points.push(b + 0.5 * t * (c - a + t * bend));
      }
    }
  }
  return points;
}
