/** A learning rate, constant or as a function of the step, which counts from 0. */
export type LearningRate = number | ((step: number) => number);

/** @throws {RangeError} If the rate is not a finite number >= 0. */
export function learningRateAt(owner: string, learningRate: LearningRate, step: number): number {
  const rate = typeof learningRate === "number" ? learningRate : learningRate(step);
  if (!(rate >= 0 && rate < Infinity)) {
    throw new RangeError(`${owner}: learningRate must be a finite number >= 0, got ${rate}`);
  }
  return rate;
}
