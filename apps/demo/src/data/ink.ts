import { SIDE } from "./digits.js";

/**
 * Draws a line of round pen strokes between consecutive points: each pixel of `image` (`[784]`, 0 to 1)
 * becomes the larger of itself and how far the pen covers it. The edge falls with the squared
 * distance from 1 to 0 over the pixel that it crosses, which needs no square root.
 * @param points `x, y, x, y, ...` in pixels; a pixel's centre lies at whole numbers.
 * @param radius Half of the pen's width in pixels, at least 0.5.
 */
export function ink(image: Float64Array, points: readonly number[], radius: number): void {
  const reach = radius + 0.5;
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [x0, y0, x1, y1] = [points[i], points[i + 1], points[i + 2], points[i + 3]];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length2 = dx * dx + dy * dy;
    const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach));
    const right = Math.min(SIDE - 1, Math.floor(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach));
    const bottom = Math.min(SIDE - 1, Math.floor(Math.max(y0, y1) + reach));
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const along = length2 === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / length2;
        const t = Math.min(Math.max(along, 0), 1);
        const offX = x - x0 - t * dx;
        const offY = y - y0 - t * dy;
        const cover = (reach * reach - offX * offX - offY * offY) / (2 * radius);
        const pixel = y * SIDE + x;
        if (cover > image[pixel]) image[pixel] = Math.min(cover, 1);
      }
    }
  }
}
