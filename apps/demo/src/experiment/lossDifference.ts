/** Steps over which two frameworks are compared. */
export const PARITY_STEPS = 100;

/** The largest relative difference between two trainings' losses over their first steps. */
export function lossDifference(a: readonly number[], b: readonly number[]): number {
  const steps = Math.min(PARITY_STEPS, a.length, b.length);
  let largest = 0;
  for (let step = 0; step < steps; step++) {
    largest = Math.max(largest, Math.abs(a[step] - b[step]) / Math.abs(b[step]));
  }
  return largest;
}
