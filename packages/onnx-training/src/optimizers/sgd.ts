import {
  checkDecay,
  type LearningRate,
  learningRateAt,
  type Optimizer,
  type Updated,
} from "./Optimizer.js";

export interface SgdOptions {
  readonly learningRate: LearningRate;
  /** Share of the last step's velocity that is kept, in [0, 1). Default: 0. */
  readonly momentum?: number;
}

/**
 * Stochastic gradient descent: `v = momentum · v + g; w = w - learningRate · v`.
 * @throws {RangeError} If an option is out of range.
 * @see Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning",
 * ICML, section 2 (in the form where the learning rate multiplies the velocity, as PyTorch has it).
 */
export function sgd({ learningRate, momentum = 0 }: SgdOptions): Optimizer {
  learningRateAt("sgd", learningRate, 0);
  checkDecay("sgd", "momentum", momentum);
  return {
    slots: momentum === 0 ? [] : ["velocity"],
    scalars: (step) => ({ learningRate: learningRateAt("sgd", learningRate, step) }),
    update({ builder, parameter, gradient, slots, scalars }): Updated {
      const moved = (velocity: string): string =>
        builder.op("Sub", [parameter, builder.op("Mul", [velocity, scalars.learningRate])]);
      if (momentum === 0) return { parameter: moved(gradient), slots: {} };
      const kept = builder.op("Mul", [slots.velocity, builder.scalar("float32", momentum)]);
      const velocity = builder.op("Add", [kept, gradient]);
      return { parameter: moved(velocity), slots: { velocity } };
    },
  };
}
