import { checkDecay, checkOptions, checkPositive } from "@dropoutkit/core/adapter";
import { type LearningRate, learningRateAt } from "./LearningRate.js";
import type { Optimizer, Updated } from "./Optimizer.js";
import { updateOps } from "./updateOps.js";

export interface RmsPropOptions {
  readonly learningRate: LearningRate;
  /** Decay of the mean square, in [0, 1). Default: 0.9. */
  readonly rho?: number;
  /** Share of the last step's velocity that is kept, in [0, 1). Default: 0. */
  readonly momentum?: number;
  /** Added to the root of the mean square; > 0. Default: 1e-8. */
  readonly epsilon?: number;
}

/**
 * RMSProp: `s = rho · s + (1 - rho) · g²; v = momentum · v + g / (sqrt(s) + epsilon); w = w - learningRate · v`.
 * @throws {RangeError} If an option is out of range.
 * @see Tieleman and Hinton 2012, "Lecture 6.5: rmsprop", Coursera, Neural Networks for Machine Learning.
 */
export function rmsProp(options: RmsPropOptions): Optimizer {
  const {
    learningRate,
    rho = 0.9,
    momentum = 0,
    epsilon = 1e-8,
  } = checkOptions("rmsProp", options);
  learningRateAt("rmsProp", learningRate, 0);
  checkDecay("rmsProp", "rho", rho);
  checkDecay("rmsProp", "momentum", momentum);
  checkPositive("rmsProp", "epsilon", epsilon);
  return {
    name: "rmsProp",
    settings: { rho, momentum, epsilon },
    slots: momentum === 0 ? ["square"] : ["square", "velocity"],
    scalars: (step) => ({ learningRate: learningRateAt("rmsProp", learningRate, step) }),
    update({ builder, parameter, gradient, slots, scalars }): Updated {
      const { add, sub, mul, div, sqrt } = updateOps({ builder });
      const recent = mul(mul(gradient, gradient), 1 - rho);
      const square = add(mul(slots.square, rho), recent);
      const scaled = div(gradient, add(sqrt(square), epsilon));
      const velocity = momentum === 0 ? scaled : add(mul(slots.velocity, momentum), scaled);
      return {
        parameter: sub(parameter, mul(velocity, scalars.learningRate)),
        slots: momentum === 0 ? { square } : { square, velocity },
      };
    },
  };
}
