/** Height and width of an image, in pixels. */
export const SIDE = 28;

/** Pixels of an image. */
export const PIXELS: number = SIDE * SIDE;

/** Grey images of handwritten digits, and which digits they are. */
export interface DigitSet {
  /** `[count, 784]`, row-major, 0 (paper) to 255 (ink). */
  readonly images: Uint8Array;
  /** `[count]`, 0 to 9. */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** A data set of digits: what a network learns from, and what it is judged by. */
export interface Digits {
  /** For the heading of a table. */
  readonly name: string;
  readonly train: DigitSet;
  readonly validation: DigitSet;
  /** Of the training pixels scaled to [0, 1]: an input is `(pixel / 255 - mean) / deviation`. */
  readonly mean: number;
  readonly deviation: number;
}

/** Makes a data set of its two halves; mean and deviation are those of the training pixels. */
export function digitsOf({ name, train, validation }: Omit<Digits, "mean" | "deviation">): Digits {
  // Sums of integers below 2^53 are exact: the order of the pixels cannot change the result.
  let sum = 0;
  let squares = 0;
  for (const pixel of train.images) {
    sum += pixel;
    squares += pixel * pixel;
  }
  const mean = sum / train.images.length;
  const deviation = Math.sqrt(squares / train.images.length - mean * mean);
  return { name, train, validation, mean: mean / 255, deviation: deviation / 255 };
}
