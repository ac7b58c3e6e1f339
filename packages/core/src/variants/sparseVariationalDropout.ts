import { checkNotNegative } from "../checks/checkOption.js";
import { add, exp, linear, log, mul, sigmoid, sqrt, square, sub, sum } from "../seam/expr.js";
import type { Expr, Variant } from "../seam/seam.js";
import type { VariantEntry } from "./VariantEntry.js";

export interface SparseVariationalDropoutOptions {
  /** Where learning starts for each weight, in [-8, 8]; log(rate / keep) of a dropout with the same noise. Default -5. */
  readonly initialLogAlpha?: number;
  /** Factor >= 0 of the divergence in the penalty: 1 / examples where the loss is a mean over them. Default 1. */
  readonly klWeight?: number;
}

const LOG_ALPHA: readonly [low: number, high: number] = [-8, 8];

const mean: Expr = linear("x", "w");
const variance: Expr = linear(square("x"), mul(exp("learned:logAlpha"), square("w")));

/** The constants of Molchanov et al.'s fit, equation 14; k1 in front makes the divergence 0 at infinity. */
const [k1, k2, k3]: readonly number[] = [0.63576, 1.8732, 1.48695];
const divergence: Expr = add(
  sub(k1, mul(k1, sigmoid(add(k2, mul(k3, "learned:logAlpha"))))),
  mul(0.5, log(add(1, exp(sub(0, "learned:logAlpha"))))),
);

/**
 * Gives each weight w normal noise of variance alpha w^2, with an alpha of its own that is learned as
 * `learned:logAlpha`. The noise is drawn where the weights' noise arrives, at the pre-activation (the
 * local reparameterisation): a normal of mean linear(x, w) and variance linear(x^2, alpha w^2). The mean
 * weights at inference. The penalty is the divergence from the log-uniform prior, which drives the
 * alphas of weights that are not needed up: those above log alpha 3 may be removed.
 * @throws {TypeError} If an option is no number.
 * @throws {RangeError} If an option is out of its range.
 * @see Kingma, Salimans and Welling 2015, "Variational Dropout and the Local Reparameterization Trick",
 * sections 2.3 and 3 (arXiv:1506.02557); Molchanov, Ashukha and Vetrov 2017, "Variational Dropout
 * Sparsifies Deep Neural Networks", sections 4.2 to 4.4 (arXiv:1701.05369).
 */
export function sparseVariationalDropout({
  initialLogAlpha = -5,
  klWeight = 1,
}: SparseVariationalDropoutOptions = {}): Variant {
  const start = checkLogAlpha(initialLogAlpha);
  checkNotNegative("sparseVariationalDropout", "klWeight", klWeight);
  return {
    name: "sparseVariationalDropout",
    parts: [
      {
        at: "linear",
        field: { draw: "normal" },
        // The epsilon keeps the root's gradient finite where the variance is 0.
        train: add(mean, mul("field", sqrt(add(variance, 1e-8)))),
        infer: mean,
      },
    ],
    learned: { logAlpha: { init: start, like: "w", range: LOG_ALPHA } },
    penalty: mul(klWeight, sum(divergence)),
  };
}

function checkLogAlpha(value: unknown): number {
  const [low, high] = LOG_ALPHA;
  const message = `sparseVariationalDropout: initialLogAlpha must be in [${low}, ${high}], got ${value}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!(value >= low && value <= high)) throw new RangeError(message);
  return value;
}

/** Its row of the table of variants. */
export const sparseVariationalDropoutEntry: VariantEntry = {
  name: "sparseVariationalDropout",
  make: sparseVariationalDropout,
  drops: "nothing: learns the noise of each weight, and which weights are not needed",
  paper: "Molchanov et al. 2017, arXiv:1701.05369",
  rates: [],
  options: {
    initialLogAlpha: { takes: "number", about: "logarithm of the noise that learning starts from" },
    klWeight: { takes: "number", about: "factor of the divergence in the penalty" },
  },
};
