import { intAttribute } from "@dropoutkit/onnx/graph";
import type { GradientContext, GradientRules } from "./GradientRule.js";
import { reduction } from "./reduction.js";
import { sharedExtremum } from "./reductionRules.js";

/** The axes of `[batch, channels, ...space]` that lie in space. */
const space = ({ node, info }: GradientContext): readonly number[] =>
  info(node.input[0])
    .dims.slice(2)
    .map((_, axis) => axis + 2);

/** Operators that reduce all of space. Equal largest entries share the gradient evenly. */
export const globalPoolRules: GradientRules = {
  GlobalAveragePool: reduction(({ div, count, dy, expand }) => expand(div(dy, count())), space),
  // (x / y)^(p - 1), with the signs of x; 0 at the zero vector.
  GlobalLpPool: reduction(({ node, mul, quotient, map, sign, pow, x, y, dy }) => {
    const slope = pow(map("Abs", quotient(x, y)), intAttribute(node, "p", 2) - 1);
    return mul(dy, mul(sign(x), slope));
  }, space),
  GlobalMaxPool: reduction(sharedExtremum, space),
};
