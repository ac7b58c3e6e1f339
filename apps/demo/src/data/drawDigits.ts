import { checkWord, drawUniform } from "@dropoutkit/core/adapter";
import { curve } from "./curve.js";
import { type DigitSet, type Digits, digitsOf, PIXELS, SIDE } from "./digits.js";
import { glyphs } from "./glyphs.js";
import { ink } from "./ink.js";
import { SMOOTH_NOISE_DRAWS, smoothNoise } from "./smoothNoise.js";

/** Which drawn digits, and how many. */
export interface DrawDigitsOptions {
  /** Integer in [0, 2^32); 0 if not given. */
  readonly seed?: number;
  /** Training images, at least 1; 1500 if not given. */
  readonly train?: number;
  /** Validation images, at least 1; 2000 if not given. */
  readonly validation?: number;
}

/** What varies from image to image, uniformly between two ends. Lengths are in pixels. */
const ROTATION: Range = [-0.15, 0.15]; // radians, to 1%
const SHEAR: Range = [-0.15, 0.15];
const SIZE: Range = [18, 22];
const SHIFT: Range = [-3, 3];
const PEN_RADIUS: Range = [1.1, 1.6];
/** Largest displacement by the elastic distortion. */
const ELASTIC = 1.5;
/** Strongest stain on the paper, or fading of the ink, where ink is 1. */
const STAIN = 1.3;
/** Strongest grain of a pixel, where ink is 1. */
const GRAIN = 0.03;

type Range = readonly [low: number, high: number];

/** Uniforms that an image is made of: how a hand writes it, three smooth noises, two for each pixel. */
const HAND_DRAWS = 8;
const DRAWS: number = HAND_DRAWS + 3 * SMOOTH_NOISE_DRAWS + 2 * PIXELS;

/**
 * Draws a data set of handwritten digits: strokes of a round pen under a random affine map and an
 * elastic distortion, on stained and grainy paper. Every tenth image is a 0, the next a 1, and so on.
 *
 * Equal options give equal bytes on every machine: the noise is core's, and all that follows is
 * `+ - * /`, comparison and rounding, whose results ECMAScript fixes to the bit, unlike those of
 * `Math.sin`, `Math.exp` and even `Math.sqrt`. An image depends on the seed, its half and its index
 * alone, so that a smaller set is the beginning of a larger one, and the halves share no noise.
 * @throws {RangeError} If an option is out of range.
 * @see Simard, Steinkraus and Platt 2003, "Best Practices for Convolutional Neural Networks Applied
 * to Visual Document Analysis", section 2.
 */
export function drawDigits(options: DrawDigitsOptions = {}): Digits {
  const seed = checkWord("drawDigits", "seed", options.seed ?? 0);
  const train = checkCount("train", options.train ?? 1500);
  const validation = checkCount("validation", options.validation ?? 2000);
  return digitsOf({
    name: "drawn digits",
    train: drawSet(seed, "train", train),
    validation: drawSet(seed, "validation", validation),
  });
}

function checkCount(name: string, count: number): number {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`drawDigits: ${name} must be an integer >= 1, got ${count}`);
  }
  return count;
}

function drawSet(seed: number, half: "train" | "validation", count: number): DigitSet {
  const images = new Uint8Array(count * PIXELS);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const draws = new Float32Array(DRAWS);
  for (let i = 0; i < count; i++) {
    drawUniform({ seed, site: `drawn digits/${half}`, step: i, shape: [DRAWS] }, draws);
    drawDigit(labels[i], draws, images.subarray(i * PIXELS, (i + 1) * PIXELS));
  }
  return { images, labels, count };
}

/** Fills `image` with a digit that is a function of `draws`, `[DRAWS]` uniforms in (0, 1). */
function drawDigit(digit: number, draws: Float32Array, image: Uint8Array): void {
  const noiseAt = (index: number) =>
    smoothNoise(draws.subarray(HAND_DRAWS + index * SMOOTH_NOISE_DRAWS));
  const elasticX = noiseAt(0);
  const elasticY = noiseAt(1);
  const stain = noiseAt(2);
  const grain = draws.subarray(HAND_DRAWS + 3 * SMOOTH_NOISE_DRAWS);

  const { glyph, radius, place } = hand(digit, draws);
  const covered = new Float64Array(PIXELS);
  for (const stroke of glyph) {
    const points = curve(stroke);
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = place(points[i], points[i + 1]);
      points[i] = x + ELASTIC * elasticX(x, y);
      points[i + 1] = y + ELASTIC * elasticY(x, y);
    }
    ink(covered, points, radius);
  }
  for (let i = 0; i < PIXELS; i++) {
    const paper = STAIN * stain(i % SIDE, Math.floor(i / SIDE));
    const value = covered[i] + paper + GRAIN * (grain[i] - grain[i + PIXELS]);
    image[i] = Math.floor(255 * Math.min(Math.max(value, 0), 1) + 0.5);
  }
}

/** How a hand writes a digit: its glyph, its pen, and where in the image a point of the glyph lands. */
function hand(digit: number, draws: Float32Array) {
  const [a, b, c, d, e, f, g, h] = draws;
  const ways = glyphs[digit];
  const half = between(ROTATION, b) / 2;
  // Cosine and sine from the half angle's tangent, for which the half angle itself will do.
  const cos = (1 - half * half) / (1 + half * half);
  const sin = (2 * half) / (1 + half * half);
  const shear = between(SHEAR, c);
  const width = between(SIZE, d) / 100;
  const height = between(SIZE, e) / 100;
  const centreX = (SIDE - 1) / 2 + between(SHIFT, f);
  const centreY = (SIDE - 1) / 2 + between(SHIFT, g);
  return {
    glyph: ways[Math.floor(a * ways.length)],
    radius: between(PEN_RADIUS, h),
    place: (x: number, y: number): readonly [x: number, y: number] => {
      const down = height * (y - 50);
      const across = width * (x - 50) - shear * down;
      return [centreX + cos * across - sin * down, centreY + sin * across + cos * down];
    },
  };
}

function between([low, high]: Range, draw: number): number {
  return low + (high - low) * draw;
}
