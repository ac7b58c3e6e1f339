import { type AdamOptions, adamMoments } from "./adamMoments.js";
import type { Optimizer } from "./Optimizer.js";
import { updateOps } from "./updateOps.js";

/**
 * Adam with bias correction: `w = w - learningRate · m̂ / (sqrt(v̂) + epsilon)`.
 * @throws {RangeError} If an option is out of range.
 * @see Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1 (arXiv:1412.6980).
 */
export function adam(options: AdamOptions): Optimizer {
  const { settings, slots, scalars, move } = adamMoments("adam", options);
  return {
    name: "adam",
    settings,
    slots,
    scalars,
    update(update) {
      const moved = move(update);
      const parameter = updateOps(update).sub(update.parameter, moved.step);
      return { parameter, slots: moved.slots };
    },
  };
}
