import { floatAttribute } from "@dropoutkit/onnx/graph";
import type { GradientRules } from "./GradientRule.js";
import { pointwise } from "./pointwise.js";

/** The operator's defaults. @see Klambauer et al. 2017, "Self-Normalizing Neural Networks", section 2 (arXiv:1706.02515). */
const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

/** Activations of one entry that have a kink or an attribute. At a kink the gradient is PyTorch's. */
export const activationRules: GradientRules = {
  Celu: pointwise(({ select, greater, mul, add, div, node, x, y, dy }) => {
    // exp(x / alpha) = y / alpha + 1 where x <= 0
    const alpha = floatAttribute(node, "alpha", 1);
    return select(greater(x, 0), dy, mul(dy, add(div(y, alpha), 1)));
  }),
  Elu: pointwise(({ select, greater, mul, add, node, x, y, dy }) => {
    // alpha exp(x) = y + alpha where x <= 0
    const alpha = floatAttribute(node, "alpha", 1);
    return select(greater(x, 0), dy, mul(dy, add(y, alpha)));
  }),
  HardSigmoid: pointwise(({ select, and, greater, less, mul, node, y, dy }) => {
    const slope = floatAttribute(node, "alpha", 0.2);
    return select(and(greater(y, 0), less(y, 1)), mul(dy, slope), 0);
  }),
  HardSwish: pointwise(({ select, greater, less, mul, add, div, x, dy }) => {
    const middle = mul(dy, add(div(x, 3), 0.5));
    return select(less(x, -3), 0, select(greater(x, 3), dy, middle));
  }),
  LeakyRelu: pointwise(({ select, greater, mul, node, x, dy }) =>
    select(greater(x, 0), dy, mul(dy, floatAttribute(node, "alpha", 0.01))),
  ),
  Mish: pointwise(({ map, mul, add, sub, x, dy }) => {
    // y = x t with t = tanh(softplus(x)), t' = (1 - t²) sigmoid(x)
    const t = map("Tanh", map("Softplus", x));
    const slope = mul(sub(1, mul(t, t)), map("Sigmoid", x));
    return mul(dy, add(t, mul(x, slope)));
  }),
  Relu: pointwise(({ select, greater, x, dy }) => select(greater(x, 0), dy, 0)),
  Selu: pointwise(({ select, greater, mul, add, node, x, y, dy }) => {
    const gamma = floatAttribute(node, "gamma", SELU.gamma);
    const scale = gamma * floatAttribute(node, "alpha", SELU.alpha);
    return select(greater(x, 0), mul(dy, gamma), mul(dy, add(y, scale)));
  }),
  Shrink: pointwise(({ select, greater, map, node, x, dy }) =>
    select(greater(map("Abs", x), floatAttribute(node, "lambd", 0.5)), dy, 0),
  ),
  Swish: pointwise(({ map, mul, add, sub, node, x, dy }) => {
    // y = x s with s = sigmoid(alpha x), s' = alpha s (1 - s)
    const scaled = mul(x, floatAttribute(node, "alpha", 1));
    const s = map("Sigmoid", scaled);
    return mul(dy, mul(s, add(mul(scaled, sub(1, s)), 1)));
  }),
  ThresholdedRelu: pointwise(({ select, greater, node, x, dy }) =>
    select(greater(x, floatAttribute(node, "alpha", 1)), dy, 0),
  ),
};
