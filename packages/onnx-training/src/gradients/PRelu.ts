import { binary } from "./binary.js";
import type { GradientRule } from "./GradientRule.js";

/** Y = X where X > 0, else slope · X, the slope broadcast. */
export const PRelu: GradientRule = binary({
  a: ({ select, greater, mul, dy, a, b }) => select(greater(a, 0), dy, mul(dy, b)),
  b: ({ select, greater, mul, dy, a }) => select(greater(a, 0), 0, mul(dy, a)),
});
