import { checkNotNegative, checkPositive } from "../checks/checkOption.js";
import { add, div, log, mul, sigmoid, square, sub, sum } from "../seam/expr.js";
import { checkRate } from "../seam/rate.js";
import type { Expr, Variant } from "../seam/seam.js";
import type { VariantEntry } from "./VariantEntry.js";

export interface ConcreteDropoutOptions {
  /** Rate that learning starts from, in [0.0001, 0.9999]. Default 0.1. */
  readonly initialRate?: number;
  /** Temperature > 0 of the relaxed draws: towards 0 they become Bernoulli. Default 0.1. */
  readonly temperature?: number;
  /** Factor >= 0 of the kernel's squares over keep in the penalty: length scale^2 / (precision * examples). Default 1e-6. */
  readonly weightRegularizer?: number;
  /** Factor >= 0 of the negative entropy, times the input's features, in the penalty: 2 / (precision * examples), 1 / examples with cross-entropy. Default 1e-5. */
  readonly dropoutRegularizer?: number;
}

const rate: Expr = sigmoid("learned:logit");
const keep: Expr = sub(1, rate);
const noise: Expr = sub(log("field"), log(sub(1, "field")));
const negativeEntropy: Expr = add(mul(rate, log(rate)), mul(keep, log(keep)));

/**
 * Drops what enters a layer at a rate that is learned: a draw is relaxed to
 * z = sigmoid((logit + log u - log(1 - u)) / temperature), so that the loss has a gradient with respect to the logit
 * of the rate, `learned:logit`; x becomes x (1 - z) / keep. The identity at inference. The penalty is
 * the paper's regulariser, of the layer's kernel and of the rate.
 * @throws {TypeError} If an option is no number.
 * @throws {RangeError} If an option is out of its range.
 * @see Gal, Hron and Kendall 2017, "Concrete Dropout", section 3 (arXiv:1705.07832).
 */
export function concreteDropout({
  initialRate = 0.1,
  temperature = 0.1,
  weightRegularizer = 1e-6,
  dropoutRegularizer = 1e-5,
}: ConcreteDropoutOptions = {}): Variant {
  const start = checkInitialRate(initialRate);
  checkPositive("concreteDropout", "temperature", temperature);
  checkNotNegative("concreteDropout", "weightRegularizer", weightRegularizer);
  checkNotNegative("concreteDropout", "dropoutRegularizer", dropoutRegularizer);
  const dropped = sigmoid(div(add("learned:logit", noise), temperature));
  return {
    name: "concreteDropout",
    parts: [
      {
        at: "input",
        field: { draw: "uniform" },
        train: div(mul("x", sub(1, dropped)), keep),
        infer: "x",
      },
    ],
    // Beyond +-10 a float32 sigmoid comes so near to 0 or 1 that its logarithms lose their digits.
    learned: { logit: { init: Math.log(start / (1 - start)), like: "scalar", range: [-10, 10] } },
    penalty: add(
      div(mul(weightRegularizer, sum(square("w"))), keep),
      mul(mul(dropoutRegularizer, "features"), negativeEntropy),
    ),
  };
}

/** Narrower than [0, 1]: the logit must lie in its range. */
function checkInitialRate(value: number): number {
  checkRate("concreteDropout", value, "initialRate");
  if (!(value >= 0.0001 && value <= 0.9999)) {
    throw new RangeError(`concreteDropout: initialRate must be in [0.0001, 0.9999], got ${value}`);
  }
  return value;
}

/** Its row of the table of variants. */
export const concreteDropoutEntry: VariantEntry = {
  name: "concreteDropout",
  make: concreteDropout,
  drops: "what enters a layer, at a learned rate",
  paper: "Gal et al. 2017, arXiv:1705.07832",
  rates: ["initialRate"],
  options: {
    temperature: { takes: "number", about: "temperature of the relaxed draws" },
    weightRegularizer: { takes: "number", about: "factor of the kernel's squares in the penalty" },
    dropoutRegularizer: { takes: "number", about: "factor of the entropy in the penalty" },
  },
};
