import type { DensePlan } from "./LayerPlan.js";
import { startValues } from "./startValues.js";

const DIGITS = 10;

/** The last layer of a network whose other layers have the indices 1 and 2. */
export function logitsLayer(seed: number, inputs: number): DensePlan {
  const shape = [inputs, DIGITS];
  return {
    kind: "dense",
    name: "dense3",
    inputs,
    units: DIGITS,
    activation: "linear",
    ...startValues(seed, { index: 3, shape, bound: 1 / Math.sqrt(inputs) }),
  };
}
