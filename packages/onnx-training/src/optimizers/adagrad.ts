import { checkOptions, checkPositive } from "@dropoutkit/core/adapter";
import { type LearningRate, learningRateAt } from "./LearningRate.js";
import type { Optimizer, Updated } from "./Optimizer.js";
import { updateOps } from "./updateOps.js";

export interface AdagradOptions {
  readonly learningRate: LearningRate;
  /** Added to the root of the sum of squares; > 0. Default: 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adagrad with a learning rate for each entry: `s = s + g²; w = w - learningRate · g / (sqrt(s) + epsilon)`.
 * @throws {RangeError} If an option is out of range.
 * @see Duchi, Hazan and Singer 2011, "Adaptive Subgradient Methods for Online Learning and Stochastic
 * Optimization", JMLR 12, section 1.1, equation 1 with the diagonal of G.
 */
export function adagrad(options: AdagradOptions): Optimizer {
  const { learningRate, epsilon = 1e-8 } = checkOptions("adagrad", options);
  learningRateAt("adagrad", learningRate, 0);
  checkPositive("adagrad", "epsilon", epsilon);
  return {
    name: "adagrad",
    settings: { epsilon },
    slots: ["sum"],
    scalars: (step) => ({ learningRate: learningRateAt("adagrad", learningRate, step) }),
    update({ builder, parameter, gradient, slots, scalars }): Updated {
      const { add, sub, mul, div, sqrt } = updateOps({ builder });
      const sum = add(slots.sum, mul(gradient, gradient));
      const scaled = div(gradient, add(sqrt(sum), epsilon));
      return { parameter: sub(parameter, mul(scaled, scalars.learningRate)), slots: { sum } };
    },
  };
}
