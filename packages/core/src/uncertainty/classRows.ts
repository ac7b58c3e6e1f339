/** What the last axis of a classifier's output holds. */
export type ClassKind = "logits" | "probabilities";

/** Float16 rounds a probability by at most 2^-11 of it, so a sum of them is off by at most that; this is twice as much. */
const SUM_TOLERANCE = 2 ** -10;

/** -p log p in nats, 0 where p is 0. */
const surprise = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);

/** The entropy of row `row` of `[rows, classes]` probabilities, in nats. */
export function entropyOf(probabilities: ArrayLike<number>, row: number, classes: number): number {
  let entropy = 0;
  for (let i = row * classes; i < (row + 1) * classes; i++) entropy += surprise(probabilities[i]);
  return entropy;
}

/** The class of the greatest value in a row, the first of equal ones. */
export function greatestClass(values: ArrayLike<number>, row: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (values[row * classes + c] > values[row * classes + best]) best = c;
  }
  return best;
}

/**
 * Probabilities of `[rows, classes]` logits over a temperature, written to `result`, with the row's maximum taken out
 * before the exponential. A logit of -Infinity is a class that cannot be.
 */
export function softmaxRows(
  logits: ArrayLike<number>,
  result: Float32Array | Float64Array,
  { classes, temperature = 1 }: { readonly classes: number; readonly temperature?: number },
): void {
  for (let start = 0; start < result.length; start += classes) {
    let most = -Infinity;
    for (let i = start; i < start + classes; i++) most = Math.max(most, logits[i]);
    let sum = 0;
    for (let i = start; i < start + classes; i++) sum += Math.exp((logits[i] - most) / temperature);
    for (let i = start; i < start + classes; i++) {
      result[i] = Math.exp((logits[i] - most) / temperature) / sum;
    }
  }
}

/** @throws {RangeError} If a row of `[rows, classes]` has no finite greatest logit. */
export function checkLogits(owner: string, logits: ArrayLike<number>, classes: number): void {
  for (let start = 0; start < logits.length; start += classes) {
    let most = -Infinity;
    // Math.max is NaN where one of its arguments is.
    for (let i = start; i < start + classes; i++) most = Math.max(most, logits[i]);
    if (!Number.isFinite(most)) {
      throw new RangeError(
        `${owner}: logits must be numbers below Infinity, at least one of each example finite, got ${most} in example ${start / classes}`,
      );
    }
  }
}

/** @throws {RangeError} If a row of `[rows, classes]` has an entry outside [0, 1], or does not sum to 1. */
export function checkProbabilities(
  owner: string,
  probabilities: ArrayLike<number>,
  classes: number,
): void {
  for (let start = 0; start < probabilities.length; start += classes) {
    let sum = 0;
    for (let i = start; i < start + classes; i++) {
      const p = probabilities[i];
      if (!(p >= 0 && p <= 1 + SUM_TOLERANCE)) {
        throw new RangeError(
          `${owner}: probabilities must be in [0, 1], got ${p} in example ${start / classes}`,
        );
      }
      sum += p;
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new RangeError(
        `${owner}: probabilities must sum to 1, got ${sum} in example ${start / classes}; are they logits?`,
      );
    }
  }
}
