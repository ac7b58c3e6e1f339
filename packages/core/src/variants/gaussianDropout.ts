import { checkOptions } from "../checks/checkOptions.js";
import { add, mul, sqrt } from "../seam/expr.js";
import { checkRate } from "../seam/rate.js";
import type { Variant } from "../seam/seam.js";
import type { VariantEntry } from "./VariantEntry.js";

export interface GaussianDropoutOptions {
  /** The rate in [0, 1] of the dropout whose mean and variance the noise has: standard deviation sqrt(rate / keep). */
  readonly rate: number;
}

/**
 * Multiplies each entry by a normal of mean 1 and variance rate / keep; the identity at inference. The
 * limit at rate 1 is zeros: the mean is written `gain * keep`, which is 0 there.
 * @throws {TypeError} If `rate` is no number.
 * @throws {RangeError} If `rate` is outside [0, 1].
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
 * JMLR 15, section 10.
 */
export function gaussianDropout(options: GaussianDropoutOptions): Variant {
  const { rate } = checkOptions("gaussianDropout", options);
  checkRate("gaussianDropout", rate);
  const noise = add(mul("gain", "keep"), mul("field", sqrt(mul("rate", "gain"))));
  return {
    name: "gaussianDropout",
    parts: [
      {
        at: "activation",
        field: { draw: "normal", rate },
        train: mul("x", noise),
        infer: "x",
      },
    ],
  };
}

/** Its row of the table of variants. */
export const gaussianDropoutEntry: VariantEntry = {
  name: "gaussianDropout",
  make: gaussianDropout,
  drops: "nothing: multiplies entries by normals of mean 1",
  paper: "Srivastava et al. 2014, JMLR 15, section 10",
  rates: ["rate"],
  options: {},
};
