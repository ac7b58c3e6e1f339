import type { Dim } from "../model/valueInfo.js";
import { broadcastSum, floorSum, isSizeSum, maxSum, minSum } from "./calls.js";
import {
  addSums,
  constantIn,
  constantSum,
  formatSum,
  nameSum,
  type Sum,
  timesSum,
} from "./formula.js";
import { quoteName, readFormula } from "./readFormula.js";

/** A size that may not be known. */
export type MaybeDim = Dim | undefined;

const sumOfName = (name: string): Sum => nameSum(quoteName(name));

/** A dim as a sum; a name that is no formula is one name. */
function read(dim: Dim): Sum {
  if (typeof dim === "number") return constantSum(dim);
  return readFormula(dim, sumOfName) ?? sumOfName(dim);
}

function write(sum: Sum | undefined): MaybeDim {
  const constant = sum && constantIn(sum);
  if (constant === undefined) return sum && formatSum(sum);
  return Number.isSafeInteger(constant) ? constant : undefined;
}

/**
 * What a file calls a size: a formula in the one form that it has here, if it is one of names that are `known`. Any
 * other text is one name, since a size that is not known otherwise is known by it.
 */
export function declaredDim(text: string, known: ReadonlySet<string>): MaybeDim {
  const names = namesIn(text);
  const isFormula = names.every((name) => known.has(name) || quoteName(name) === text);
  return isFormula && names.length > 0 ? write(read(text)) : quoteName(text);
}

/** The names that a size is made of. */
export function namesIn(dim: string): string[] {
  const names: string[] = [];
  const sum = readFormula(dim, (name) => {
    names.push(name);
    return sumOfName(name);
  });
  return sum === undefined ? [dim] : names;
}

/** A binary operation on sizes: by numbers where both are, else by sums; unknown where one is. */
const lift =
  (numbers: (a: number, b: number) => number, sums: (a: Sum, b: Sum) => Sum | undefined) =>
  (a: MaybeDim, b: MaybeDim): MaybeDim => {
    if (a === undefined || b === undefined) return undefined;
    if (typeof a === "number" && typeof b === "number") return numbers(a, b);
    return write(sums(read(a), read(b)));
  };

type Operation = (a: MaybeDim, b: MaybeDim) => MaybeDim;

export const plus: Operation = lift((a, b) => a + b, addSums);

export const times: Operation = lift((a, b) => a * b, timesSum);

export const minus: Operation = (a, b) => plus(a, times(b, -1));

export const larger: Operation = lift(Math.max, (a, b) => maxSum([a, b]));

export const smaller: Operation = lift(Math.min, (a, b) => minSum([a, b]));

/** The floor of a quotient, of sizes; what divides exactly is taken out of it. */
export const floorDivide: Operation = lift((a, b) => Math.floor(a / b), floorSum);

export const ceilDivide: Operation = (a, b) =>
  Number.isInteger(b) && Number(b) > 0
    ? floorDivide(plus(a, Number(b) - 1), b)
    : times(floorDivide(times(a, -1), b), -1);

/** Whether a number, or what a formula says, cannot be negative. */
export const isSize = (dim: MaybeDim): boolean =>
  typeof dim === "number" ? dim >= 0 : dim !== undefined && isSizeSum(read(dim));

/** Number of entries: a number, or a product such as `batch*4`. */
export const productOf = (dims: readonly MaybeDim[]): MaybeDim => dims.reduce(times, 1);

/** The size that is left for one axis when `known` sizes are taken out of a tensor's. */
export const remainingOf = (dims: readonly MaybeDim[], known: readonly MaybeDim[]): MaybeDim =>
  floorDivide(productOf(dims), productOf(known));

/** The size of one axis of two tensors' broadcast, of which both may be named. */
const broadcastNames: Operation = lift(Math.max, (a, b) => broadcastSum([a, b]));

/**
 * Sizes of two tensors' broadcast, as in numpy; undefined where the two do not fit. Of two names it is a formula, since
 * either may be 1.
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
    else if (typeof left !== "number") {
      dims.push(typeof right === "number" ? right : broadcastNames(left, right));
    } else if (typeof right === "number") return undefined;
    else dims.push(left);
  }
  return dims;
}

/** A size when the model runs, by the sizes of the names in it; undefined where one of them is not given, or they do not fit. */
export function evaluateDim(dim: Dim, sizes: Readonly<Record<string, number>>): number | undefined {
  if (typeof dim === "number") return dim;
  if (Object.hasOwn(sizes, dim)) return sizes[dim];
  const sum = readFormula(dim, (name) => {
    // What a file calls a size may itself be a formula.
    const size = dim === name ? undefined : evaluateDim(name, sizes);
    return size === undefined ? sumOfName(name) : constantSum(size);
  });
  return sum && constantIn(sum);
}
