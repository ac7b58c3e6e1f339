import { checkChoice, checkCount } from "../checks/checkOption.js";
import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import { type RateSchedule, schedule } from "./schedule.js";

export interface EarlyScheduleOptions {
  /** Drop probability at step 0, in [0, 1]. */
  readonly rate: number;
  /** Steps with dropout, an integer >= 1. */
  readonly steps: number;
  /** Whether the rate falls to 0 in a line, or holds until it is switched off. Default "linear". */
  readonly decay?: "linear" | "constant";
}

/**
 * Early dropout: a rate above 0 only in the first `steps` steps, where it makes the gradients of batches
 * agree more; for networks that underfit.
 * @throws {TypeError} If `rate` or `steps` is no number, or `decay` is neither "linear" nor "constant".
 * @throws {RangeError} If an option is out of its range; at a call, if the step is no integer in [0, 2^32).
 * @see Liu et al. 2023, "Dropout Reduces Underfitting", section 4 (arXiv:2303.01500).
 */
export function earlySchedule(options: EarlyScheduleOptions): RateSchedule {
  const { rate, steps, decay = "linear" } = checkOptions("earlySchedule", options);
  checkRate("earlySchedule", rate);
  checkCount("earlySchedule", "steps", steps);
  checkChoice("earlySchedule", { name: "decay", value: decay, choices: ["linear", "constant"] });
  return schedule("earlySchedule", (step) => {
    if (step >= steps) return 0;
    return decay === "linear" ? rate * (1 - step / steps) : rate;
  });
}
