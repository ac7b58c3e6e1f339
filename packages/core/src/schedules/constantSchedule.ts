import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import { type RateSchedule, schedule } from "./schedule.js";

export interface ConstantScheduleOptions {
  /** Drop probability in [0, 1]. */
  readonly rate: number;
}

/**
 * The same rate at every step.
 * @throws {TypeError} If `rate` is no number.
 * @throws {RangeError} If `rate` is outside [0, 1]; at a call, if the step is no integer in [0, 2^32).
 */
export function constantSchedule(options: ConstantScheduleOptions): RateSchedule {
  const { rate } = checkOptions("constantSchedule", options);
  checkRate("constantSchedule", rate);
  return schedule("constantSchedule", () => rate);
}
