import { checkLength } from "../field/shape.js";
import { checkRate } from "../seam/rate.js";

/** How unsure a model was of each example, and whether it was right. */
export interface Answers {
  /** `[examples]`: greater is less sure, as an entropy or a variance. */
  readonly uncertainty: ArrayLike<number>;
  /** `[examples]`: 1 or true where the answer was right; or any loss in [0, 1] as 1 - loss. */
  readonly correct: ArrayLike<number | boolean>;
}

/** What is wrong of the answers that are given, where the least sure are left out. */
export interface RiskCoverage {
  /** Greatest uncertainty of the answers given, rising: one entry for each that occurs. */
  readonly thresholds: Float64Array;
  /** Share of the examples that are answered. */
  readonly coverage: Float64Array;
  /** Share of wrong answers among them. */
  readonly risk: Float64Array;
  /** Area under the curve of risk over coverage: the mean risk over all coverages, in [0, 1]; less is better. */
  readonly area: number;
}

/**
 * The risk-coverage curve. Examples of equal uncertainty are answered together.
 * @throws {RangeError} If there is no example, lengths differ, an uncertainty is NaN or `correct` outside [0, 1].
 * @see El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification", JMLR 11; Geifman and
 * El-Yaniv 2017, "Selective Classification for Deep Neural Networks" (arXiv:1705.08500).
 */
export function riskCoverage(answers: Answers): RiskCoverage {
  return curveOf("riskCoverage", answers);
}

function curveOf(owner: string, { uncertainty, correct }: Answers): RiskCoverage {
  const n = uncertainty.length;
  if (n === 0) throw new RangeError(`${owner}: examples must be at least one, got none`);
  checkLength(owner, { name: "correct", length: correct.length, entries: n });
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(uncertainty[i])) {
      throw new RangeError(`${owner}: uncertainty must be a number, got NaN in example ${i}`);
    }
    checkRate(owner, Number(correct[i]), "correct");
  }
  const order = Array.from({ length: n }, (_, i) => i).sort(
    // Infinity - Infinity is NaN, so no difference.
    (i, k) => Number(uncertainty[i] > uncertainty[k]) - Number(uncertainty[i] < uncertainty[k]),
  );
  const points: { threshold: number; coverage: number; risk: number }[] = [];
  let wrong = 0;
  let area = 0;
  let answered = 0;
  for (const [place, i] of order.entries()) {
    wrong += 1 - Number(correct[i]);
    const threshold = uncertainty[i];
    if (place + 1 < n && uncertainty[order[place + 1]] === threshold) continue;
    const risk = wrong / (place + 1);
    area += ((place + 1 - answered) / n) * risk;
    answered = place + 1;
    points.push({ threshold, coverage: answered / n, risk });
  }
  return {
    thresholds: Float64Array.from(points, (point) => point.threshold),
    coverage: Float64Array.from(points, (point) => point.coverage),
    risk: Float64Array.from(points, (point) => point.risk),
    area,
  };
}

/** Whom to answer for a wished accuracy. */
export interface AccuracyThreshold {
  /** Answer where the uncertainty is at most this. */
  readonly threshold: number;
  /** Share of the held-out examples that are answered then, and how many of these are right. */
  readonly coverage: number;
  readonly accuracy: number;
}

/**
 * The threshold that answers most of the held-out examples with at least the wished accuracy.
 * @param accuracy Share of the answers that are to be right, in [0, 1].
 * @returns Undefined where no threshold reaches it.
 * @throws As `riskCoverage` does, or if `accuracy` is outside [0, 1].
 */
export function thresholdForAccuracy(
  answers: Answers,
  accuracy: number,
): AccuracyThreshold | undefined {
  checkRate("thresholdForAccuracy", accuracy, "accuracy");
  const { thresholds, coverage, risk } = curveOf("thresholdForAccuracy", answers);
  let last = risk.length - 1;
  while (last >= 0 && 1 - risk[last] < accuracy) last -= 1;
  if (last < 0) return undefined;
  return { threshold: thresholds[last], coverage: coverage[last], accuracy: 1 - risk[last] };
}
