/**
 * Mean and variance of each entry over passes, one pass at a time, in float64.
 * @see Welford 1962, "Note on a Method for Calculating Corrected Sums of Squares and Products", Technometrics 4.
 */
export class Moments {
  readonly #mean: Float64Array;
  /** Sums of squared distances from the mean. */
  readonly #squares: Float64Array;
  #passes = 0;

  constructor(entries: number) {
    this.#mean = new Float64Array(entries);
    this.#squares = new Float64Array(entries);
  }

  get passes(): number {
    return this.#passes;
  }

  /** The mean of the passes so far; the moments' own array. */
  get mean(): Float64Array {
    return this.#mean;
  }

  add(values: ArrayLike<number>): void {
    this.#passes += 1;
    for (let i = 0; i < this.#mean.length; i++) {
      const before = values[i] - this.#mean[i];
      this.#mean[i] += before / this.#passes;
      this.#squares[i] += before * (values[i] - this.#mean[i]);
    }
  }

  /** The unbiased variance, which divides by passes - 1; NaN of one pass. */
  variance(): Float64Array {
    return this.#squares.map((squares) => squares / (this.#passes - 1));
  }
}
