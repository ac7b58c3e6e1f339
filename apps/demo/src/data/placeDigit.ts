import { PIXELS, SIDE } from "./digits.js";

/** The larger side of what is drawn, in pixels of an image. */
const BOX = 20;
/** Points along a pixel's side at which the drawing is read. */
const POINTS = 8;

/** Ink on square paper. */
export interface Drawing {
  /** `[side, side]`, row-major, 0 (paper) to 1 (ink). */
  readonly ink: Float32Array;
  readonly side: number;
}

/**
 * Scales and moves a drawing as MNIST's digits were: the larger side of what is drawn becomes 20 pixels of an
 * image's 28, and its centre of mass the image's centre. Without ink the image is empty.
 * @returns Ink in [0, 1], `[784]`.
 * @see LeCun, Bottou, Bengio and Haffner 1998, "Gradient-Based Learning Applied to Document Recognition",
 * section III-A.
 */
export function placeDigit({ ink, side }: Drawing): Float32Array {
  const { mass, x, y, extent } = measure({ ink, side });
  const image = new Float32Array(PIXELS);
  if (mass === 0) return image;
  const step = extent / BOX / POINTS;
  const points = SIDE * POINTS;
  for (let row = 0; row < points; row++) {
    const from = Math.floor(y + (row + 0.5 - points / 2) * step);
    if (from < 0 || from >= side) continue;
    for (let column = 0; column < points; column++) {
      const at = Math.floor(x + (column + 0.5 - points / 2) * step);
      if (at < 0 || at >= side) continue;
      const pixel = Math.floor(row / POINTS) * SIDE + Math.floor(column / POINTS);
      image[pixel] += ink[from * side + at] / POINTS ** 2;
    }
  }
  return image;
}

/** Sum and centre of the ink, and the larger side of the box around it. */
function measure({ ink, side }: Drawing) {
  let [mass, x, y] = [0, 0, 0];
  let [left, right, top, bottom] = [side, 0, side, 0];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const here = ink[row * side + column];
      if (here === 0) continue;
      mass += here;
      x += here * (column + 0.5);
      y += here * (row + 0.5);
      [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
    }
  }
  return { mass, x: x / mass, y: y / mass, extent: Math.max(right - left, bottom - top) };
}
