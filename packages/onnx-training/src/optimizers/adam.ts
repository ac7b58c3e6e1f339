import {
  checkDecay,
  type LearningRate,
  learningRateAt,
  type Optimizer,
  type Updated,
} from "./Optimizer.js";

export interface AdamOptions {
  readonly learningRate: LearningRate;
  /** Decay of the first moment, in [0, 1). Default: 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, in [0, 1). Default: 0.999. */
  readonly beta2?: number;
  /** Added to the root of the corrected second moment; > 0. Default: 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam with bias correction: `w = w - learningRate · m̂ / (sqrt(v̂) + epsilon)`.
 * With c = sqrt(1 - beta2^t) this is `w - learningRate · c / (1 - beta1^t) · m / (sqrt(v) + epsilon · c)`:
 * the same formula, with both corrections in two numbers of the step.
 * @throws {RangeError} If an option is out of range.
 * @see Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1 (arXiv:1412.6980).
 */
export function adam({
  learningRate,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
}: AdamOptions): Optimizer {
  learningRateAt("adam", learningRate, 0);
  checkDecay("adam", "beta1", beta1);
  checkDecay("adam", "beta2", beta2);
  if (!(epsilon > 0 && epsilon < Infinity)) {
    throw new RangeError(`adam: epsilon must be a finite number > 0, got ${epsilon}`);
  }
  return {
    slots: ["m", "v"],
    scalars(step) {
      const correction = Math.sqrt(1 - beta2 ** (step + 1));
      const rate = learningRateAt("adam", learningRate, step);
      return {
        stepSize: (rate * correction) / (1 - beta1 ** (step + 1)),
        epsilon: epsilon * correction,
      };
    },
    update({ builder, parameter, gradient, slots, scalars }): Updated {
      const decayed = (slot: string, beta: number, next: string): string =>
        builder.op("Add", [
          builder.op("Mul", [slot, builder.scalar("float32", beta)]),
          builder.op("Mul", [next, builder.scalar("float32", 1 - beta)]),
        ]);
      const m = decayed(slots.m, beta1, gradient);
      const v = decayed(slots.v, beta2, builder.op("Mul", [gradient, gradient]));
      const scale = builder.op("Add", [builder.op("Sqrt", [v]), scalars.epsilon]);
      const step = builder.op("Mul", [builder.op("Div", [m, scale]), scalars.stepSize]);
      return { parameter: builder.op("Sub", [parameter, step]), slots: { m, v } };
    },
  };
}
