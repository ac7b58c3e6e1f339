import { checkCount } from "../checks/checkOption.js";
import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import { type RateSchedule, schedule } from "./schedule.js";

export interface CosineScheduleOptions {
  /** Drop probability at step 0, in [0, 1]. */
  readonly from: number;
  /** Drop probability from step `steps` on, in [0, 1]. */
  readonly to: number;
  /** Length of the change in steps, an integer >= 1. */
  readonly steps: number;
}

/**
 * A rate that follows half a cosine, slow at both ends, from `from` at step 0 to `to` at step `steps`, and stays.
 * @throws {TypeError} If an option is no number.
 * @throws {RangeError} If an option is out of its range; at a call, if the step is no integer in [0, 2^32).
 * @see Loshchilov and Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", equation 5
 * (arXiv:1608.03983), for the curve, there of learning rates.
 */
export function cosineSchedule(options: CosineScheduleOptions): RateSchedule {
  const { from, to, steps } = checkOptions("cosineSchedule", options);
  checkRate("cosineSchedule", from, "from");
  checkRate("cosineSchedule", to, "to");
  checkCount("cosineSchedule", "steps", steps);
  return schedule("cosineSchedule", (step) => {
    const done = (1 - Math.cos(Math.PI * Math.min(step / steps, 1))) / 2;
    return (1 - done) * from + done * to;
  });
}
