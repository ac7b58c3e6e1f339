import { checkCount } from "../checks/checkOption.js";
import { checkLength } from "../field/shape.js";
import { type Classified, checkClassified } from "./Classified.js";
import { checkProbabilities } from "./classRows.js";

/**
 * The smallest score that at least `coverage` of new scores stay within: the ceil((n + 1) coverage)-th of the n scores.
 * The + 1, for the new example, makes it exact for any n.
 */
function conformalQuantile(owner: string, scores: Float64Array, coverage: number): number {
  if (!(coverage > 0 && coverage < 1)) {
    throw new RangeError(`${owner}: coverage must be in (0, 1), got ${coverage}`);
  }
  // Rounding of (n + 1) · 0.9 must not ask for one more.
  const rank = Math.ceil((scores.length + 1) * coverage * (1 - 2 ** -52));
  if (rank > scores.length) {
    const least = Math.ceil(coverage / (1 - coverage) - 2 ** -20);
    throw new RangeError(
      `${owner}: examples must be at least ${least} for a coverage of ${coverage}, got ${scores.length}`,
    );
  }
  return scores.sort()[rank - 1];
}

export interface ConformalSetsOptions extends Classified {
  /** Share of new examples whose set is to hold their class, in (0, 1). */
  readonly coverage: number;
}

/**
 * Fits sets of classes on held-out examples: with the threshold that it returns, `conformalSets` gives sets that hold
 * the true class of a new example with a probability of at least `coverage`, if it comes from where these came from.
 * @returns The threshold: a class is in the set where 1 - its probability is at most this.
 * @throws {RangeError} If `coverage` is outside (0, 1), the examples are too few for it, or lengths, labels or
 * probabilities are wrong.
 * @see Angelopoulos and Bates 2021, "A Gentle Introduction to Conformal Prediction and Distribution-Free Uncertainty
 * Quantification", section 1 (arXiv:2107.07511); Sadinle, Lei and Wasserman 2019 (arXiv:1609.00451).
 */
export function fitConformalSets(options: ConformalSetsOptions): number {
  checkClassified("fitConformalSets", options);
  const { probabilities, labels, classes, coverage } = options;
  const scores = Float64Array.from(labels, (c, i) => 1 - probabilities[i * classes + c]);
  return conformalQuantile("fitConformalSets", scores, coverage);
}

/**
 * The classes that each example may have, `[examples, classes]`: 1 in the set, 0 outside it. A set may be empty, for an
 * example that is like none.
 * @param threshold What `fitConformalSets` returned.
 * @throws {TypeError} If `classes` is no number.
 * @throws {RangeError} If `threshold` is NaN, `classes` no integer >= 1, or lengths or probabilities are wrong.
 */
export function conformalSets(
  { probabilities, classes }: Omit<Classified, "labels">,
  threshold: number,
): Uint8Array {
  checkCount("conformalSets", "classes", classes);
  checkThreshold("conformalSets", threshold);
  const entries = Math.ceil(probabilities.length / classes) * classes;
  checkLength("conformalSets", { name: "probabilities", length: probabilities.length, entries });
  checkProbabilities("conformalSets", probabilities, classes);
  return Uint8Array.from(probabilities, (p) => (1 - p <= threshold ? 1 : 0));
}

/** Predictions of numbers and how sure each is. */
export interface Predictions {
  /** `[examples]`. */
  readonly mean: ArrayLike<number>;
  /** `[examples]`, each > 0: the standard deviation, or any other measure of how far off it may be. */
  readonly spread: ArrayLike<number>;
}

export interface ConformalIntervalsOptions extends Predictions {
  /** `[examples]`: what was to be predicted. */
  readonly targets: ArrayLike<number>;
  /** Share of new examples whose interval is to hold their target, in (0, 1). */
  readonly coverage: number;
}

/**
 * Fits intervals on held-out examples: with the factor that it returns, `conformalIntervals` gives intervals that hold
 * the target of a new example with a probability of at least `coverage`, if it comes from where these came from.
 * @returns The factor: an interval is mean ± factor · spread.
 * @throws {RangeError} If `coverage` is outside (0, 1), the examples are too few for it, lengths differ, a spread is not
 * > 0, or a mean or target is not finite.
 * @see Angelopoulos and Bates 2021, section 2.3.2 (arXiv:2107.07511).
 */
export function fitConformalIntervals(options: ConformalIntervalsOptions): number {
  const { mean, spread, targets, coverage } = options;
  checkPredictions("fitConformalIntervals", options);
  checkLength("fitConformalIntervals", {
    name: "targets",
    length: targets.length,
    entries: mean.length,
  });
  checkFinite("fitConformalIntervals", "targets", targets);
  const scores = Float64Array.from(mean, (m, i) => Math.abs(targets[i] - m) / spread[i]);
  return conformalQuantile("fitConformalIntervals", scores, coverage);
}

/** An interval for each example, `[examples]` each. */
export interface Intervals {
  readonly lower: Float32Array;
  readonly upper: Float32Array;
}

/**
 * The interval mean ± factor · spread of each example.
 * @param factor What `fitConformalIntervals` returned.
 * @throws {RangeError} If `factor` is NaN, lengths differ, a spread is not > 0, or a mean is not finite.
 */
export function conformalIntervals(predictions: Predictions, factor: number): Intervals {
  checkPredictions("conformalIntervals", predictions);
  checkThreshold("conformalIntervals", factor, "factor");
  const { mean, spread } = predictions;
  return {
    lower: Float32Array.from(mean, (m, i) => m - factor * spread[i]),
    upper: Float32Array.from(mean, (m, i) => m + factor * spread[i]),
  };
}

function checkPredictions(owner: string, { mean, spread }: Predictions): void {
  checkLength(owner, { name: "spread", length: spread.length, entries: mean.length });
  checkFinite(owner, "mean", mean);
  for (let i = 0; i < spread.length; i++) {
    if (!(spread[i] > 0)) {
      throw new RangeError(`${owner}: spread must be > 0, got ${spread[i]} in example ${i}`);
    }
  }
}

function checkFinite(owner: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(`${owner}: ${name} must be finite, got ${values[i]} in example ${i}`);
    }
  }
}

function checkThreshold(owner: string, threshold: number, name = "threshold"): void {
  if (Number.isNaN(threshold)) throw new RangeError(`${owner}: ${name} must be a number, got NaN`);
}
