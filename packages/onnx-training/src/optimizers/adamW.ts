import { checkNotNegative, checkOptions } from "@dropoutkit/core/adapter";
import { type AdamOptions, adamMoments } from "./adamMoments.js";
import { learningRateAt } from "./LearningRate.js";
import type { Optimizer } from "./Optimizer.js";
import { updateOps } from "./updateOps.js";

export interface AdamWOptions extends AdamOptions {
  /** Share of the parameters that a step takes away for each unit of the learning rate, >= 0. Default: 0.01. */
  readonly weightDecay?: number;
}

/**
 * Adam with weight decay beside the gradient: `w = (1 - learningRate · weightDecay) · w -
 * learningRate · m̂ / (sqrt(v̂) + epsilon)`.
 * @throws {RangeError} If an option is out of range.
 * @see Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2
 * (arXiv:1711.05101), with the schedule in the learning rate, as PyTorch has it.
 */
export function adamW(options: AdamWOptions): Optimizer {
  const { weightDecay = 0.01, ...moments } = checkOptions("adamW", options);
  const { settings, slots, scalars, move } = adamMoments("adamW", moments);
  checkNotNegative("adamW", "weightDecay", weightDecay);
  return {
    name: "adamW",
    settings: { ...settings, weightDecay },
    slots,
    scalars: (step) => ({
      ...scalars(step),
      kept: 1 - learningRateAt("adamW", options.learningRate, step) * weightDecay,
    }),
    update(update) {
      const { sub, mul } = updateOps(update);
      const moved = move(update);
      const parameter = sub(mul(update.parameter, update.scalars.kept), moved.step);
      return { parameter, slots: moved.slots };
    },
  };
}
