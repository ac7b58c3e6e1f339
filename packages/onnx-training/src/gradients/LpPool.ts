import { intAttribute } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { filledLike } from "./emit/filledLike.js";
import { filledTensor } from "./emit/filledTensor.js";
import { planes } from "./emit/planes.js";
import { reshapeLike } from "./emit/reshapeLike.js";
import { spread } from "./emit/spread.js";
import { windowsOf } from "./emit/windows.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** Y = (Σ |x|^p)^(1/p) over each window of X; by an entry sign(x) |x|^(p - 1) y^(1 - p), 0 where y is 0. */
export const LpPool: GradientRule = (context) => {
  const { node, info } = context;
  const [large] = node.input;
  const small = context.output(0);
  if (info(large).dims.includes(0)) return [filledLike(context, large, 0)];
  const windows = windowsOf(context, { node, large, small });
  const p = intAttribute(node, "p", 2);
  const { select, equal, mul, pow, sign, map } = arithmetic(context, large);
  const isZero = equal(small, 0);
  const norms = select(isZero, 1, small);
  const share = select(isZero, 0, mul(outputGradient(context), pow(norms, 1 - p)));
  const weights = filledTensor(context, [1, 1, ...windows.axes.map(({ kernel }) => kernel)], 1);
  const tensor = planes(context, share, windows.axes.length);
  const sums = reshapeLike(context, spread(context, windows, { tensor, weights, group: 1 }), large);
  return [mul(mul(sign(large), pow(map("Abs", large), p - 1)), sums)];
};
