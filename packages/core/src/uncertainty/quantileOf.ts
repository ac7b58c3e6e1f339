/**
 * The quantile of sorted values at a level in [0, 1], between two of them by linear interpolation.
 * @see Hyndman and Fan 1996, "Sample Quantiles in Statistical Packages", The American Statistician 50, definition 7.
 */
export function quantileOf(sorted: ArrayLike<number>, level: number): number {
  const place = level * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
