import { checkOptions } from "../checks/checkOptions.js";
import { checkWord } from "../key/noiseKey.js";
import { checkRate } from "../seam/rate.js";
import { type RateSchedule, schedule } from "./schedule.js";

export interface LateScheduleOptions {
  /** Drop probability from step `start` on, in [0, 1]. */
  readonly rate: number;
  /** First step with dropout, an integer in [0, 2^32). */
  readonly start: number;
}

/**
 * Late dropout: no dropout before step `start`, then `rate`; for networks that overfit.
 * @throws {TypeError} If `rate` is no number.
 * @throws {RangeError} If an option is out of its range; at a call, if the step is no integer in [0, 2^32).
 * @see Liu et al. 2023, "Dropout Reduces Underfitting", section 4 (arXiv:2303.01500).
 */
export function lateSchedule(options: LateScheduleOptions): RateSchedule {
  const { rate, start } = checkOptions("lateSchedule", options);
  checkRate("lateSchedule", rate);
  checkWord("lateSchedule", "start", start);
  return schedule("lateSchedule", (step) => (step < start ? 0 : rate));
}
