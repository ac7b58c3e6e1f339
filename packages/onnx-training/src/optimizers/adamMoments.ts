import { checkDecay, checkOptions, checkPositive } from "@dropoutkit/core/adapter";
import { type LearningRate, learningRateAt } from "./LearningRate.js";
import type { Optimizer, Update } from "./Optimizer.js";
import { updateOps } from "./updateOps.js";

export interface AdamOptions {
  readonly learningRate: LearningRate;
  /** Decay of the first moment, in [0, 1). Default: 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, in [0, 1). Default: 0.999. */
  readonly beta2?: number;
  /** Added to the root of the corrected second moment; > 0. Default: 1e-8. */
  readonly epsilon?: number;
}

/** What a step takes from the parameters, and the state after it. */
interface Moved {
  readonly step: string;
  readonly slots: Readonly<Record<string, string>>;
}

/** What Adam and AdamW share. */
export interface AdamMoments extends Required<Pick<Optimizer, "settings" | "slots" | "scalars">> {
  /** `learningRate · m̂ / (sqrt(v̂) + epsilon)`. */
  move(update: Update): Moved;
}

/**
 * The slots hold the sums M = Σ beta1^k g and V = Σ beta2^k g² of the past gradients, which are
 * m / (1 - beta1) and v / (1 - beta2): two passes over the entries less a step. With
 * c = sqrt((1 - beta2^t) / (1 - beta2)) the step is
 * `learningRate · c · (1 - beta1) / (1 - beta1^t) · M / (sqrt(V) + epsilon · c)`, so that all factors are
 * in two numbers of the step.
 */
export function adamMoments(owner: string, options: AdamOptions): AdamMoments {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = checkOptions(owner, options);
  learningRateAt(owner, learningRate, 0);
  checkDecay(owner, "beta1", beta1);
  checkDecay(owner, "beta2", beta2);
  checkPositive(owner, "epsilon", epsilon);
  return {
    settings: { beta1, beta2, epsilon },
    slots: ["m", "v"],
    scalars(step) {
      const correction = Math.sqrt((1 - beta2 ** (step + 1)) / (1 - beta2));
      const rate = learningRateAt(owner, learningRate, step);
      return {
        stepSize: (rate * correction * (1 - beta1)) / (1 - beta1 ** (step + 1)),
        epsilon: epsilon * correction,
      };
    },
    move({ builder, gradient, slots, scalars }) {
      const { add, mul, div, sqrt } = updateOps({ builder });
      const m = add(mul(slots.m, beta1), gradient);
      const v = add(mul(slots.v, beta2), mul(gradient, gradient));
      const step = mul(div(m, add(sqrt(v), scalars.epsilon)), scalars.stepSize);
      return { step, slots: { m, v } };
    },
  };
}
