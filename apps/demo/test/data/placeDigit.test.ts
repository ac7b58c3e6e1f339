import fc from "fast-check";
import { expect, test } from "vitest";
import { PIXELS, SIDE } from "../../src/data/digits.js";
import { type Drawing, placeDigit } from "../../src/data/placeDigit.js";

/** The larger side of a digit on MNIST's images. */
const BOX = 20;

/** Paper of `side`, with a bar of ink in it. */
function barOf({ side, left, top, width, height }: Bar): Drawing {
  const ink = new Float32Array(side * side);
  for (let y = top; y < top + height; y++) ink.fill(1, y * side + left, y * side + left + width);
  return { ink, side };
}

interface Bar {
  readonly side: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const bars = fc
  .record({ width: fc.integer({ min: 10, max: 60 }), height: fc.integer({ min: 10, max: 60 }) })
  .chain(({ width, height }) =>
    fc.record({
      side: fc.constant(100),
      width: fc.constant(width),
      height: fc.constant(height),
      left: fc.integer({ min: 0, max: 100 - width }),
      top: fc.integer({ min: 0, max: 100 - height }),
    }),
  );

test("placeDigit: a bar's larger side is 20 pixels, the other in proportion, its centre the image's", () => {
  fc.assert(
    fc.property(bars, (bar) => {
      const image = placeDigit(barOf(bar));
      const scale = BOX / Math.max(bar.width, bar.height);
      // An edge lies within half a point, an eighth of a pixel: an area within that along its outline.
      const [width, height] = [bar.width * scale, bar.height * scale];
      const area = image.reduce((sum, ink) => sum + ink, 0);
      expect(Math.abs(area - width * height)).toBeLessThanOrEqual((width + height) / 8 + 1 / 64);
      const middle = SIDE / 2;
      const [columns, rows] = centreOf(image);
      expect(Math.abs(columns - middle)).toBeLessThanOrEqual(1 / 8);
      expect(Math.abs(rows - middle)).toBeLessThanOrEqual(1 / 8);
    }),
  );
});

test("placeDigit: heavier ends are nearer to the centre", () => {
  const post = barOf({ side: 40, left: 10, top: 10, width: 4, height: 20 });
  const beam = barOf({ side: 40, left: 4, top: 10, width: 20, height: 4 });
  const image = placeDigit({ side: 40, ink: post.ink.map((ink, i) => Math.max(ink, beam.ink[i])) });
  const [columns, rows] = centreOf(image);
  expect(columns).toBeCloseTo(SIDE / 2, 0);
  expect(rows).toBeCloseTo(SIDE / 2, 0);
  const inked = Array.from({ length: SIDE }, (_, row) =>
    image.subarray(row * SIDE, (row + 1) * SIDE).some((value) => value > 0),
  );
  // The beam at the top holds most of the ink: above the centre there is less of the digit than below.
  expect(SIDE / 2 - inked.indexOf(true)).toBeLessThan(inked.lastIndexOf(true) + 1 - SIDE / 2);
});

test("placeDigit: ink stays in [0, 1], and paper without ink is an empty image", () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 }),
      (ink) => {
        const image = placeDigit({ ink: Float32Array.from(ink), side: 8 });
        expect(Math.min(...image)).toBeGreaterThanOrEqual(0);
        // Sixty-four points of a share each, added in single precision.
        expect(Math.max(...image)).toBeLessThanOrEqual(1 + 64 * 2 ** -24);
      },
    ),
  );
  expect(placeDigit({ ink: new Float32Array(64), side: 8 })).toEqual(new Float32Array(PIXELS));
});

/** Column and row of the centre of mass, where a pixel's centre lies at halves. */
function centreOf(image: Float32Array): [column: number, row: number] {
  let [mass, x, y] = [0, 0, 0];
  image.forEach((ink, i) => {
    mass += ink;
    x += ink * ((i % SIDE) + 0.5);
    y += ink * (Math.floor(i / SIDE) + 0.5);
  });
  return [x / mass, y / mass];
}
