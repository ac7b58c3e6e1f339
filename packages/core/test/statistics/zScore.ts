/**
 * The bound of the whole battery: every statistic here is a standard normal z if the noise is ideal.
 * P(|Z| > 7) = 2.6e-12 (where events are rare, skewness makes that up to 4 times as much), and
 * the battery looks at fewer than 50,000 of them, so ideal noise would fail anywhere in it with a
 * probability below 1e-6 (union bound, whatever the dependence between them). Origins are fixed: what passes once, passes always.
 */
export const MAX_Z = 7;

/** z of a count of `n` independent events of probability `p`; a good approximation in the tail where n p (1 - p) >= 4000. */
export function binomialZ(count: number, n: number, p: number): number {
  return (count - n * p) / Math.sqrt(n * p * (1 - p));
}

/**
 * z of Pearson's chi-square of counts against probabilities (default: all equal). Both tails count:
 * counts that are too even are not random either. The cube root makes it normal: beyond 7, the exact
 * tails of 15 to 4095 degrees of freedom are at most 1.3e-12 each.
 * @see Wilson and Hilferty 1931, "The Distribution of Chi-Square", PNAS 17.
 */
export function chiSquareZ(counts: ArrayLike<number>, probabilities?: ArrayLike<number>): number {
  const cells = Array.from(counts);
  const total = cells.reduce((sum, count) => sum + count, 0);
  const chiSquare = cells.reduce((sum, count, i) => {
    const expected = total * (probabilities?.[i] ?? 1 / cells.length);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const degrees = cells.length - 1;
  const variance = 2 / (9 * degrees);
  return (Math.cbrt(chiSquare / degrees) - (1 - variance)) / Math.sqrt(variance);
}

/** The largest |z|; NaN if any is. */
export function worst(scores: Iterable<number>): number {
  let largest = 0;
  for (const score of scores) largest = Math.max(largest, Math.abs(score));
  return largest;
}
