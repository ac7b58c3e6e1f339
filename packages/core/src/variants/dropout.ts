import { keepScaled } from "../expr.js";
import { checkRate } from "../rate.js";
import type { Variant } from "../seam.js";

export interface DropoutOptions {
  /** Drop probability in [0, 1]. */
  readonly rate: number;
  /** Sizes of the mask along the trailing axes, 1 (one draw for the axis) or the target's; `null` is the target's. Default: the target's shape. */
  readonly noiseShape?: readonly (number | null)[];
}

/**
 * Drops each entry with probability `rate` and scales survivors by 1 / keep; the identity at inference.
 * @throws {TypeError} If `rate` is no number.
 * @throws {RangeError} If `rate` is outside [0, 1], or a size in `noiseShape` is no integer >= 1.
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
 * JMLR 15, sections 4 and 10.
 */
export function dropout({ rate, noiseShape }: DropoutOptions): Variant {
  checkRate("dropout", rate);
  for (const size of noiseShape ?? []) {
    if (size !== null && !(Number.isInteger(size) && size >= 1)) {
      throw new RangeError(`dropout: noiseShape must be null or integers >= 1, got ${size}`);
    }
  }
  return {
    name: "dropout",
    parts: [
      {
        at: "activation",
        field: { draw: "bernoulli", rate, ...(noiseShape && { noiseShape }) },
        train: keepScaled,
        infer: "x",
      },
    ],
  };
}
