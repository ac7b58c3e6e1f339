import { checkDecay, checkNotNegative, checkOptions } from "@dropoutkit/core/adapter";
import { tooOld } from "../backward/tooOld.js";
import { type LearningRate, learningRateAt } from "./LearningRate.js";
import type { Optimizer, Updated } from "./Optimizer.js";
import { updateOps } from "./updateOps.js";

export interface LionOptions {
  readonly learningRate: LearningRate;
  /** Share of the momentum in the direction of a step, in [0, 1). Default: 0.9. */
  readonly beta1?: number;
  /** Decay of the momentum, in [0, 1). Default: 0.99. */
  readonly beta2?: number;
  /** Share of the parameters that a step takes away for each unit of the learning rate, >= 0. Default: 0. */
  readonly weightDecay?: number;
}

/**
 * Lion: `w = (1 - learningRate · weightDecay) · w - learningRate · sign(beta1 · m + (1 - beta1) · g);
 * m = beta2 · m + (1 - beta2) · g`. Needs opset 9 or later.
 * @throws {RangeError} If an option is out of range.
 * @see Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2 (arXiv:2302.06675).
 */
export function lion(options: LionOptions): Optimizer {
  const {
    learningRate,
    beta1 = 0.9,
    beta2 = 0.99,
    weightDecay = 0,
  } = checkOptions("lion", options);
  learningRateAt("lion", learningRate, 0);
  checkDecay("lion", "beta1", beta1);
  checkDecay("lion", "beta2", beta2);
  checkNotNegative("lion", "weightDecay", weightDecay);
  return {
    name: "lion",
    settings: { beta1, beta2, weightDecay },
    slots: ["m"],
    scalars(step) {
      const rate = learningRateAt("lion", learningRate, step);
      return { learningRate: rate, kept: 1 - rate * weightDecay };
    },
    update({ builder, opset, parameter, gradient, slots, scalars }): Updated {
      if (!(opset >= 9)) {
        throw tooOld(`lion: model must have opset 9 or later, got ${opset}`);
      }
      const { add, sub, mul } = updateOps({ builder });
      const mixed = (beta: number): string => add(mul(slots.m, beta), mul(gradient, 1 - beta));
      const direction = builder.op("Sign", [mixed(beta1)]);
      const kept = weightDecay === 0 ? parameter : mul(parameter, scalars.kept);
      const moved = sub(kept, mul(direction, scalars.learningRate));
      return { parameter: moved, slots: { m: mixed(beta2) } };
    },
  };
}
