import { checkCount } from "../checks/checkOption.js";
import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import { type RateSchedule, schedule } from "./schedule.js";

export interface LinearScheduleOptions {
  /** Drop probability at step 0, in [0, 1]. */
  readonly from: number;
  /** Drop probability from step `steps` on, in [0, 1]. */
  readonly to: number;
  /** Length of the change in steps, an integer >= 1. */
  readonly steps: number;
}

/**
 * A rate that changes by the same amount at each step, from `from` at step 0 to `to` at step `steps`, and stays.
 * @throws {TypeError} If an option is no number.
 * @throws {RangeError} If an option is out of its range; at a call, if the step is no integer in [0, 2^32).
 */
export function linearSchedule(options: LinearScheduleOptions): RateSchedule {
  const { from, to, steps } = checkOptions("linearSchedule", options);
  checkRate("linearSchedule", from, "from");
  checkRate("linearSchedule", to, "to");
  checkCount("linearSchedule", "steps", steps);
  return schedule("linearSchedule", (step) => {
    const done = Math.min(step / steps, 1);
    // Either product is at most its rate, and both ends are met exactly.
    return (1 - done) * from + done * to;
  });
}
