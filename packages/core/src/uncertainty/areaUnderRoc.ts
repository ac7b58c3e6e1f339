/**
 * How well a measure tells what is unknown from what is known: the probability that an unknown example has a greater
 * uncertainty than a known one, equal ones counted half; 0.5 is chance.
 * @param known Uncertainties of examples such as the model was trained on.
 * @param unknown Those of others.
 * @throws {RangeError} If one of the two is empty, or has a NaN.
 * @see Hanley and McNeil 1982, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve",
 * Radiology 143.
 */
export function areaUnderRoc(known: ArrayLike<number>, unknown: ArrayLike<number>): number {
  for (const [name, values] of Object.entries({ known, unknown })) {
    if (values.length === 0) {
      throw new RangeError(`areaUnderRoc: ${name} must have at least one value, got none`);
    }
    if (Array.from(values).some(Number.isNaN)) {
      throw new RangeError(`areaUnderRoc: ${name} must be numbers, got NaN`);
    }
  }
  const sorted = Float64Array.from(known).sort();
  let pairs = 0;
  for (let i = 0; i < unknown.length; i++) {
    // Twice those below, and once those that are equal.
    pairs += firstAt(sorted, (value) => value >= unknown[i]);
    pairs += firstAt(sorted, (value) => value > unknown[i]);
  }
  return pairs / (2 * known.length * unknown.length);
}

/** The first place of sorted values at which `holds` is true, as it is from there on. */
function firstAt(sorted: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
