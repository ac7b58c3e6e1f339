/** Number of equal steps in which a rate is counted: a Bernoulli draw has 16 bits. */
const STEPS = 65536;

/**
 * Checks a drop probability.
 * @param owner Who asks, for the message.
 * @param name What the rate is called, for the message.
 * @throws {TypeError} If `rate` is missing or not a number.
 * @throws {RangeError} If `rate` is outside [0, 1].
 */
export function checkRate(owner: string, rate: unknown, name = "rate"): number {
  if (typeof rate !== "number") {
    throw new TypeError(`${owner}: ${name} must be a number in [0, 1], got ${String(rate)}`);
  }
  if (!(rate >= 0 && rate <= 1)) {
    throw new RangeError(`${owner}: ${name} must be in [0, 1], got ${rate}`);
  }
  return rate;
}

/**
 * The rate as an integer in [0, 65536]: an entry is kept where its 16-bit draw is at least this.
 * @throws {RangeError} If `rate` is outside [0, 1].
 */
export function dropThreshold(rate: number): number {
  return Math.floor(checkRate("dropThreshold", rate) * STEPS + 0.5);
}

/** The scalars that expressions read, all from the quantised rate, so that the mean is kept exactly. */
export interface RateScalars {
  /** Drop probability, a multiple of 2^-16. */
  readonly rate: number;
  /** 1 - rate. */
  readonly keep: number;
  /** 1 / keep as a float32; 0 where nothing is kept. */
  readonly gain: number;
}

/** @throws {RangeError} If `rate` is outside [0, 1]. */
export function rateScalars(rate: number): RateScalars {
  const dropped = dropThreshold(rate);
  const kept = STEPS - dropped;
  return {
    rate: dropped / STEPS,
    keep: kept / STEPS,
    gain: kept === 0 ? 0 : Math.fround(STEPS / kept),
  };
}
