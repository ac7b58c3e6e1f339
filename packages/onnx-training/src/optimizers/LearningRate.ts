import { checkNotNegative } from "@dropoutkit/core/adapter";

/** A learning rate, constant or as a function of the step, which counts from 0. */
export type LearningRate = number | ((step: number) => number);

/**
 * @throws {TypeError} If the rate is no number.
 * @throws {RangeError} If it is not a finite number >= 0.
 */
export const learningRateAt = (owner: string, learningRate: LearningRate, step: number): number =>
  checkNotNegative(
    owner,
    "learningRate",
    typeof learningRate === "function" ? learningRate(step) : learningRate,
  );
