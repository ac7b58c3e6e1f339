import { binary } from "./binary.js";
import type { GradientRule } from "./GradientRule.js";

/** Y = A - B. */
export const Sub: GradientRule = binary({
  a: ({ dy }) => dy,
  b: ({ map, dy }) => map("Neg", dy),
});
