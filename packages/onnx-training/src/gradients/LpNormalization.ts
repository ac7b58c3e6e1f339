import { intAttribute, reduce } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** Y = X / norm(X) along one axis, with the sum of absolute values (p = 1) or Euclid's norm (p = 2); 0 where the norm is 0. */
export const LpNormalization: GradientRule = (context) => {
  const { node, info } = context;
  const [x] = node.input;
  const axis = intAttribute(node, "axis", -1);
  const axes = [axis < 0 ? axis + info(x).dims.length : axis];
  const dy = outputGradient(context);
  const y = context.output(0);
  const { mul, sub, quotient, map, sign } = arithmetic(context, x);
  const sum = (tensor: string): string => reduce(context, "ReduceSum", { tensor, axes });
  const isEuclid = intAttribute(node, "p", 2) === 2;
  const norm = isEuclid ? map("Sqrt", sum(mul(x, x))) : sum(map("Abs", x));
  // The norm's own gradient is y for p = 2 and sign(x) for p = 1.
  const direction = isEuclid ? y : sign(x);
  return [quotient(sub(dy, mul(direction, sum(mul(dy, y)))), norm)];
};
