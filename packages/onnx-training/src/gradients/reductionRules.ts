import type { GradientRules } from "./GradientRule.js";
import { type Reduction, reduction } from "./reduction.js";

/** y = the largest (or smallest) entry; equal entries share the gradient evenly, as in PyTorch's `amax`. */
export const sharedExtremum = ({
  equal,
  indicator,
  select,
  div,
  sum,
  x,
  y,
  dy,
}: Reduction): string => {
  const hit = equal(x, y);
  return select(hit, div(dy, sum(indicator(hit))), 0);
};

/** y = x1 · x2 · ...; the product of the others is y / x, and where an entry is 0 the product of all that are not, if it is the only one. */
const product = ({ select, equal, indicator, sum, prod, div, mul, x, dy }: Reduction): string => {
  const isZero = equal(x, 0);
  const zeros = sum(indicator(isZero));
  const others = select(isZero, 1, x);
  const nonzero = mul(dy, prod(others));
  const alone = select(equal(zeros, 1), nonzero, 0);
  const quotient = select(equal(zeros, 0), div(nonzero, others), 0);
  return select(isZero, alone, quotient);
};

/** The operators that reduce axes. `dy` and `y` have size 1 along them and broadcast. */
export const reductionRules: GradientRules = {
  ReduceL1: reduction(({ mul, sign, x, dy }) => mul(dy, sign(x))),
  // At the zero vector the gradient is 0, as in PyTorch.
  ReduceL2: reduction(({ mul, quotient, x, y, dy }) => mul(dy, quotient(x, y))),
  // sum = exp(y)
  ReduceLogSum: reduction(({ div, map, y, dy, expand }) => expand(div(dy, map("Exp", y)))),
  ReduceLogSumExp: reduction(({ mul, map, sub, x, y, dy }) => mul(dy, map("Exp", sub(x, y)))),
  ReduceMax: reduction(sharedExtremum),
  ReduceMean: reduction(({ div, count, dy, expand }) => expand(div(dy, count()))),
  ReduceMin: reduction(sharedExtremum),
  ReduceProd: reduction(product),
  ReduceSum: reduction(({ dy, expand }) => expand(dy)),
  ReduceSumSquare: reduction(({ mul, x, dy }) => mul(dy, mul(x, 2))),
};
