import type { GradientRules } from "./GradientRule.js";
import { pointwise } from "./pointwise.js";

/** Smooth functions of one entry, and Abs, whose gradient at 0 is 0. */
export const unaryRules: GradientRules = {
  Abs: pointwise(({ mul, sign, x, dy }) => mul(dy, sign(x))),
  Acos: pointwise(({ map, div, sub, mul, x, dy }) =>
    map("Neg", div(dy, map("Sqrt", sub(1, mul(x, x))))),
  ),
  Acosh: pointwise(({ map, div, sub, mul, x, dy }) => div(dy, map("Sqrt", sub(mul(x, x), 1)))),
  Asin: pointwise(({ map, div, sub, mul, x, dy }) => div(dy, map("Sqrt", sub(1, mul(x, x))))),
  Asinh: pointwise(({ map, div, add, mul, x, dy }) => div(dy, map("Sqrt", add(mul(x, x), 1)))),
  Atan: pointwise(({ div, add, mul, x, dy }) => div(dy, add(mul(x, x), 1))),
  Atanh: pointwise(({ div, sub, mul, x, dy }) => div(dy, sub(1, mul(x, x)))),
  Cos: pointwise(({ map, mul, x, dy }) => map("Neg", mul(dy, map("Sin", x)))),
  Cosh: pointwise(({ map, mul, x, dy }) => mul(dy, map("Sinh", x))),
  Erf: pointwise(({ map, mul, x, dy }) =>
    mul(dy, mul(map("Exp", map("Neg", mul(x, x))), 2 / Math.sqrt(Math.PI))),
  ),
  Exp: pointwise(({ mul, y, dy }) => mul(dy, y)),
  Log: pointwise(({ div, x, dy }) => div(dy, x)),
  Neg: pointwise(({ map, dy }) => map("Neg", dy)),
  Reciprocal: pointwise(({ map, mul, y, dy }) => map("Neg", mul(dy, mul(y, y)))),
  Sigmoid: pointwise(({ mul, sub, y, dy }) => mul(dy, mul(y, sub(1, y)))),
  Sin: pointwise(({ map, mul, x, dy }) => mul(dy, map("Cos", x))),
  Sinh: pointwise(({ map, mul, x, dy }) => mul(dy, map("Cosh", x))),
  Softplus: pointwise(({ map, mul, x, dy }) => mul(dy, map("Sigmoid", x))),
  Softsign: pointwise(({ map, mul, sub, y, dy }) => {
    // 1 / (1 + |x|) = 1 - |y|
    const slope = sub(1, map("Abs", y));
    return mul(dy, mul(slope, slope));
  }),
  Sqrt: pointwise(({ div, mul, y, dy }) => div(dy, mul(y, 2))),
  Tan: pointwise(({ mul, add, y, dy }) => mul(dy, add(mul(y, y), 1))),
  Tanh: pointwise(({ mul, sub, y, dy }) => mul(dy, sub(1, mul(y, y)))),
};
