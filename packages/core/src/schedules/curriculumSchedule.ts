import { checkPositive } from "../checks/checkOption.js";
import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import { type RateSchedule, schedule } from "./schedule.js";

export interface CurriculumScheduleOptions {
  /** Drop probability that training tends to, in [0, 1]. */
  readonly rate: number;
  /** Speed per step, > 0; the paper takes 10 / steps of training, after which the rate is within 0.005% of its end. */
  readonly gamma: number;
}

/**
 * A rate that rises from 0 at step 0, fast at first: rate * (1 - exp(-gamma step)), so that training
 * starts with the whole network and grows harder.
 * @throws {TypeError} If an option is no number.
 * @throws {RangeError} If an option is out of its range; at a call, if the step is no integer in [0, 2^32).
 * @see Morerio et al. 2017, "Curriculum Dropout", section 3 (arXiv:1703.06229), which writes the
 * probability to keep: (1 - keep) exp(-gamma t) + keep.
 */
export function curriculumSchedule(options: CurriculumScheduleOptions): RateSchedule {
  const { rate, gamma } = checkOptions("curriculumSchedule", options);
  checkRate("curriculumSchedule", rate);
  checkPositive("curriculumSchedule", "gamma", gamma);
  return schedule("curriculumSchedule", (step) => -rate * Math.expm1(-gamma * step));
}
