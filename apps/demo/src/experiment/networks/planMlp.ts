import { PIXELS } from "../../data/digits.js";
import type { DensePlan, LayerPlan } from "./LayerPlan.js";
import type { Mlp } from "./Network.js";
import type { Arm } from "./Noise.js";
import { noiseAt } from "./noiseAt.js";
import { startValues } from "./startValues.js";

const DIGITS = 10;

export interface PlanOptions extends Pick<Arm, "noise"> {
  readonly seed: number;
  /** Of the training set. */
  readonly examples: number;
}

/**
 * A multilayer perceptron. It starts uniform within 1 / sqrt(inputs), as PyTorch starts a linear layer; for
 * SELU within sqrt(3 / inputs), a variance of 1 / inputs.
 * @see Klambauer et al. 2017, "Self-Normalizing Neural Networks", section 2 (arXiv:1706.02515).
 */
export function planMlp(
  { hidden, activation }: Mlp,
  { noise, seed, examples }: PlanOptions,
): LayerPlan[] {
  const sizes = [PIXELS, ...hidden, DIGITS];
  return sizes.slice(1).flatMap((units, i): LayerPlan[] => {
    const inputs = sizes[i];
    const isLast = i === hidden.length;
    const bound = Math.sqrt((activation === "selu" ? 3 : 1) / inputs);
    const layer: DensePlan = {
      kind: "dense",
      name: `dense${i + 1}`,
      inputs,
      units,
      activation: isLast ? "linear" : activation,
      ...startValues(seed, { index: i + 1, shape: [inputs, units], bound }),
    };
    if (noise?.variant === "concrete-dropout") {
      // Behind one layer is before the next.
      if (i === 0) return [layer];
      const concrete = { site: `dropout${i}`, rate: noise.rates[i - 1], examples };
      return [{ ...layer, concrete }];
    }
    if (noise === undefined || isLast) return [layer];
    const rate = noise.rates[i];
    if (noise.variant === "drop-connect") return [{ ...layer, connect: { rate } }];
    return [layer, noiseAt(noise, { index: i, shape: [units] })];
  });
}
