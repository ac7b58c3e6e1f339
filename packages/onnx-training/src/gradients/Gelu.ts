import { stringAttribute } from "@dropoutkit/onnx/graph";
import type { GradientRule } from "./GradientRule.js";
import { type Pointwise, pointwise } from "./pointwise.js";

/**
 * y = x Φ(x), with the normal distribution or an approximation of it by tanh.
 * @see Hendrycks and Gimpel 2016, "Gaussian Error Linear Units (GELUs)", section 2 (arXiv:1606.08415).
 */
export const Gelu: GradientRule = pointwise((terms) => {
  const isTanh = stringAttribute(terms.node, "approximate", "none") === "tanh";
  return terms.mul(terms.dy, isTanh ? tanhSlope(terms) : erfSlope(terms));
});

/** Φ(x) + x φ(x), with φ the normal density. */
function erfSlope({ map, mul, add, x }: Pointwise): string {
  const distribution = mul(add(map("Erf", mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = mul(map("Exp", mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(distribution, mul(x, density));
}

/** With y = x (1 + t) / 2 and t = tanh(u): (1 + t) / 2 + x (1 - t²) u' / 2, where u = c (x + k x³). */
function tanhSlope({ map, mul, add, sub, x }: Pointwise): string {
  const [c, k] = [Math.sqrt(2 / Math.PI), 0.044715];
  const square = mul(x, x);
  const t = map("Tanh", mul(x, add(mul(square, c * k), c)));
  const slope = mul(sub(1, mul(t, t)), add(mul(square, 3 * c * k), c));
  return mul(add(add(t, 1), mul(x, slope)), 0.5);
}
