import {
  addSums,
  type CallName,
  callOf,
  callSum,
  constantIn,
  constantSum,
  type Factor,
  minusSum,
  type Sum,
  sumOf,
  timesSum,
} from "./formula.js";

const isFactorSize = ({ call }: Factor): boolean => {
  if (call === undefined || call.name === "broadcast") return true;
  return call.name === "max" ? call.args.some(isSizeSum) : call.args.every(isSizeSum);
};

/** Whether a sum cannot be negative: names stand for sizes. */
export const isSizeSum = (sum: Sum): boolean =>
  [...sum.values()].every(
    ({ factors, coefficient }) => coefficient >= 0 && factors.every(isFactorSize),
  );

const argumentsOf = (sum: Sum, name: CallName): readonly Sum[] | undefined => {
  const call = callOf(sum);
  return call?.name === name ? call.args : undefined;
};

/** Whether `a >= b` for all sizes that names stand for. */
const isAtLeast = (a: Sum, b: Sum): boolean =>
  isSizeSum(minusSum(a, b)) ||
  argumentsOf(b, "min")?.some((arg) => isAtLeast(a, arg)) === true ||
  argumentsOf(a, "max")?.some((arg) => isAtLeast(arg, b)) === true;

/** A call of arguments without those that others make needless, and without calls of its own kind in it. */
function joined(name: CallName, args: readonly Sum[], covers: (a: Sum, b: Sum) => boolean): Sum {
  let kept: Sum[] = [];
  for (const arg of args.flatMap((item) => argumentsOf(item, name) ?? [item])) {
    if (kept.some((other) => covers(other, arg))) continue;
    kept = [...kept.filter((other) => !covers(arg, other)), arg];
  }
  return kept.length === 1 ? kept[0] : callSum(name, kept);
}

export const maxSum = (args: readonly Sum[]): Sum => joined("max", args, isAtLeast);

export const minSum = (args: readonly Sum[]): Sum => joined("min", args, (a, b) => isAtLeast(b, a));

/**
 * The size of an axis of a broadcast: of sizes that are equal, or 1. It is their maximum but where 0 stands
 * beside 1, which is 0. Undefined where they do not fit.
 */
export function broadcastSum(args: readonly Sum[]): Sum | undefined {
  const others = args.filter((arg) => constantIn(arg) !== 1);
  if (others.length === 0) return constantSum(1);
  // Beside a size other than 1 there can only be that size, or 1.
  const [fixed, ...more] = others.filter((arg) => constantIn(arg) !== undefined);
  if (more.some((arg) => constantIn(arg) !== constantIn(fixed))) return undefined;
  return fixed ?? joined("broadcast", others, isWholeOf);
}

/** Whether a broadcast of `a` and `b` is `a` for all sizes: where they are equal, or `b` is `a` cut at a number >= 1. */
const isWholeOf = (a: Sum, b: Sum): boolean =>
  minusSum(a, b).size === 0 ||
  (argumentsOf(b, "min")?.every(
    (arg) => minusSum(a, arg).size === 0 || isAtLeast(arg, constantSum(1)),
  ) ??
    false);

/**
 * The floor of a quotient. What divides exactly is taken out of it, so that a number in it is in [0, divisor);
 * a floor of a floor is one: floor((floor(x/c) + k)/d) = floor((x + k*c)/(c*d)) of whole k, c and d > 0.
 */
export function floorSum(top: Sum, bottom: Sum): Sum {
  if (bottom.size !== 1) return callSum("floor", [top, bottom]);
  const [divisor] = bottom.values();
  const by = constantIn(bottom);
  const whole = by !== undefined && Number.isInteger(by) && by > 0;
  let exact: Sum = constantSum(0);
  let rest: Sum = constantSum(0);
  for (const product of top.values()) {
    const factors = without(product.factors, divisor.factors);
    const quotient = product.coefficient / divisor.coefficient;
    if (factors !== undefined && Number.isInteger(quotient)) {
      exact = addSums(exact, sumOf([{ factors, coefficient: quotient }]));
    } else if (product.factors.length === 0 && whole) {
      const taken = Math.floor(quotient);
      exact = addSums(exact, constantSum(taken));
      rest = addSums(rest, constantSum(product.coefficient - taken * by));
    } else {
      rest = addSums(rest, sumOf([product]));
    }
  }
  const size = constantIn(rest);
  if (size !== undefined && by !== undefined) {
    return addSums(exact, constantSum(Math.floor(size / by)));
  }
  if (rest.size === 0) return exact;
  return addSums(exact, (whole && floorOfFloor(rest, by)) || callSum("floor", [rest, bottom]));
}

function floorOfFloor(top: Sum, by: number): Sum | undefined {
  const more = constantSum(top.get("")?.coefficient ?? 0);
  if (!Number.isInteger(constantIn(more))) return undefined;
  const [inner, divisor] = argumentsOf(minusSum(top, more), "floor") ?? [];
  const innerBy = divisor && constantIn(divisor);
  if (inner === undefined || innerBy === undefined || !(innerBy > 0)) return undefined;
  const scaled = addSums(inner, timesSum(more, constantSum(innerBy)));
  return floorSum(scaled, constantSum(innerBy * by));
}

/** `factors` with each of `taken` taken out once; undefined where one is missing. */
function without(factors: readonly Factor[], taken: readonly Factor[]): Factor[] | undefined {
  const rest = [...factors];
  for (const { text } of taken) {
    const at = rest.findIndex((factor) => factor.text === text);
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  return rest;
}
