import { binary } from "./binary.js";
import type { GradientRule } from "./GradientRule.js";

/** Y = A · B. */
export const Mul: GradientRule = binary({
  a: ({ mul, dy, b }) => mul(dy, b),
  b: ({ mul, dy, a }) => mul(dy, a),
});
