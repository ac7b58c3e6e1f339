import type { Dim } from "../valueInfo.js";
import {
  callSum,
  constantIn,
  constantSum,
  formatSum,
  nameSum,
  quoteName,
  readFormula,
  type Sum,
  sumOf,
  timesSum,
} from "./formula.js";

/** A size that may not be known. */
export type MaybeDim = Dim | undefined;

/** A dim as a sum; a name that is no formula is one name. */
function read(dim: Dim): Sum {
  if (typeof dim === "number") return constantSum(dim);
  return readFormula(dim, sums) ?? nameSum(quoteName(dim));
}

const sums = {
  number: constantSum,
  name: (name: string) => nameSum(quoteName(name)),
  add: (a: Sum, b: Sum) => sumOf([...a.values(), ...b.values()]),
  times: timesSum,
  call: callSum,
};

function write(sum: Sum): MaybeDim {
  const constant = constantIn(sum);
  if (constant === undefined) return formatSum(sum);
  return Number.isSafeInteger(constant) ? constant : undefined;
}

/** A binary operation on sizes: by numbers where both are, else by sums; unknown where one is. */
const lift =
  (numbers: (a: number, b: number) => number, formulas: (a: Sum, b: Sum) => MaybeDim) =>
  (a: MaybeDim, b: MaybeDim): MaybeDim => {
    if (a === undefined || b === undefined) return undefined;
    if (typeof a === "number" && typeof b === "number") return numbers(a, b);
    return formulas(read(a), read(b));
  };

export const plus: (a: MaybeDim, b: MaybeDim) => MaybeDim = lift(
  (a, b) => a + b,
  (a, b) => write(sums.add(a, b)),
);

export const times: (a: MaybeDim, b: MaybeDim) => MaybeDim = lift(
  (a, b) => a * b,
  (a, b) => write(timesSum(a, b)),
);

export const minus = (a: MaybeDim, b: MaybeDim): MaybeDim => plus(a, times(b, -1));

/** Whether `a - b` cannot be negative: names stand for sizes. */
const isAtLeast = (a: Sum, b: Sum): boolean =>
  [...sums.add(a, timesSum(b, constantSum(-1))).values()].every(
    ({ names, coefficient }) => coefficient >= 0 && !names.some((name) => name.includes("-")),
  );

export const larger: (a: MaybeDim, b: MaybeDim) => MaybeDim = lift(Math.max, (a, b) => {
  if (isAtLeast(a, b)) return write(a);
  return write(isAtLeast(b, a) ? b : callSum("max", a, b));
});

export const smaller: (a: MaybeDim, b: MaybeDim) => MaybeDim = lift(Math.min, (a, b) => {
  if (isAtLeast(a, b)) return write(b);
  return write(isAtLeast(b, a) ? a : callSum("min", a, b));
});

/** The floor of a quotient, of sizes; what divides exactly is taken out of it. */
export const floorDivide: (a: MaybeDim, b: MaybeDim) => MaybeDim = lift(
  (a, b) => Math.floor(a / b),
  (a, b) => {
    if (b.size !== 1) return write(callSum("floor", a, b));
    const [divisor] = b.values();
    const exact: Sum[] = [];
    const rest: Sum[] = [];
    for (const product of a.values()) {
      const names = without(product.names, divisor.names);
      const coefficient = product.coefficient / divisor.coefficient;
      const isExact = names !== undefined && Number.isInteger(coefficient);
      if (isExact) exact.push(sumOf([{ names, coefficient }]));
      else rest.push(sumOf([product]));
    }
    const left = rest.reduce(sums.add, constantSum(0));
    const size = constantIn(left);
    const by = constantIn(b);
    if (size !== undefined && by !== undefined) exact.push(constantSum(Math.floor(size / by)));
    else if (left.size > 0) exact.push(callSum("floor", left, b));
    return write(exact.reduce(sums.add, constantSum(0)));
  },
);

export const ceilDivide = (a: MaybeDim, b: MaybeDim): MaybeDim =>
  times(floorDivide(times(a, -1), b), -1);

/** `names` with each of `taken` taken out once; undefined where one is missing. */
function without(names: readonly string[], taken: readonly string[]): string[] | undefined {
  const rest = [...names];
  for (const name of taken) {
    const at = rest.indexOf(name);
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  return rest;
}

/** Number of entries: a number, or a product such as `batch*4`. */
export const productOf = (dims: readonly MaybeDim[]): MaybeDim => dims.reduce(times, 1);

/** The size that is left for one axis when `known` sizes are taken out of a tensor's. */
export const remainingOf = (dims: readonly MaybeDim[], known: readonly MaybeDim[]): MaybeDim =>
  floorDivide(productOf(dims), productOf(known));

/**
 * Sizes of two tensors' broadcast, as in numpy; undefined where the two do not fit. Two names leave
 * open which of them is 1, so the size there is undefined.
 */
export function broadcastDims(
  a: readonly MaybeDim[] | undefined,
  b: readonly MaybeDim[] | undefined,
): MaybeDim[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const rank = Math.max(a.length, b.length);
  const dims: MaybeDim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = axis < rank - a.length ? 1 : a[axis - rank + a.length];
    const right = axis < rank - b.length ? 1 : b[axis - rank + b.length];
    if (left === right || right === 1) dims.push(left);
    else if (left === 1) dims.push(right);
    // Beside a number other than 1 there can only be that number, or 1.
    else if (typeof left !== "number") dims.push(typeof right === "number" ? right : undefined);
    else if (typeof right === "number") return undefined;
    else dims.push(left);
  }
  return dims;
}

/** A size when the model runs, by the sizes of the names in it; undefined where one of them is not given. */
export function evaluateDim(dim: Dim, sizes: Readonly<Record<string, number>>): number | undefined {
  if (typeof dim === "number") return dim;
  if (dim in sizes) return sizes[dim];
  const size = readFormula(dim, {
    number: (value) => value,
    name: (name) => sizes[name] ?? Number.NaN,
    add: (a, b) => a + b,
    times: (a, b) => a * b,
    call: (name, a, b) => (name === "floor" ? Math.floor(a / b) : Math[name](a, b)),
  });
  return Number.isNaN(size) ? undefined : size;
}
