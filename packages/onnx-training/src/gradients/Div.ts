import { binary } from "./binary.js";
import type { GradientRule } from "./GradientRule.js";

/** Y = A / B. */
export const Div: GradientRule = binary({
  a: ({ div, dy, b }) => div(dy, b),
  b: ({ map, mul, div, dy, b, y }) => map("Neg", mul(dy, div(y, b))),
});
