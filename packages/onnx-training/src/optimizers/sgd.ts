import { checkDecay, checkNotNegative, checkOptions } from "@dropoutkit/core/adapter";
import { type LearningRate, learningRateAt } from "./LearningRate.js";
import type { Optimizer, Updated } from "./Optimizer.js";
import { updateOps } from "./updateOps.js";

export interface SgdOptions {
  readonly learningRate: LearningRate;
  /** Share of the last step's velocity that is kept, in [0, 1). Default: 0. */
  readonly momentum?: number;
  /** Whether the gradient is corrected by the velocity that it gives, after Nesterov. Default: false. */
  readonly nesterov?: boolean;
  /** Added to the gradient for each unit of the parameter, >= 0. Default: 0. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent: `g = gradient + weightDecay · w; v = momentum · v + g; w = w - learningRate · v`.
 * With `nesterov` it is `w = w - learningRate · (g + momentum · v)`.
 * @throws {RangeError} If an option is out of range, or `nesterov` has no momentum.
 * @see Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning",
 * ICML, section 2 (in the form where the learning rate multiplies the velocity, as PyTorch has it).
 */
export function sgd(options: SgdOptions): Optimizer {
  const {
    learningRate,
    momentum = 0,
    nesterov = false,
    weightDecay = 0,
  } = checkOptions("sgd", options);
  learningRateAt("sgd", learningRate, 0);
  checkDecay("sgd", "momentum", momentum);
  checkNotNegative("sgd", "weightDecay", weightDecay);
  if (nesterov && momentum === 0) {
    throw new RangeError("sgd: momentum must be > 0 with nesterov, got 0");
  }
  return {
    name: "sgd",
    settings: { momentum, nesterov, weightDecay },
    slots: momentum === 0 ? [] : ["velocity"],
    scalars: (step) => ({ learningRate: learningRateAt("sgd", learningRate, step) }),
    update({ builder, parameter, gradient, slots, scalars }): Updated {
      const { add, sub, mul } = updateOps({ builder });
      const g = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
      const moved = (velocity: string): string =>
        sub(parameter, mul(velocity, scalars.learningRate));
      if (momentum === 0) return { parameter: moved(g), slots: {} };
      const velocity = add(mul(slots.velocity, momentum), g);
      const ahead = nesterov ? add(g, mul(velocity, momentum)) : velocity;
      return { parameter: moved(ahead), slots: { velocity } };
    },
  };
}
