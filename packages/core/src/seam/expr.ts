import type { RateScalars } from "./rate.js";
import type { Expr, Leaf, Op } from "./seam.js";

export const add = (a: Expr, b: Expr): Expr => ({ op: "add", args: [a, b] });
export const sub = (a: Expr, b: Expr): Expr => ({ op: "sub", args: [a, b] });
export const mul = (a: Expr, b: Expr): Expr => ({ op: "mul", args: [a, b] });
export const div = (a: Expr, b: Expr): Expr => ({ op: "div", args: [a, b] });
export const linear = (x: Expr, w: Expr): Expr => ({ op: "linear", args: [x, w] });
export const exp = (a: Expr): Expr => ({ op: "exp", args: [a] });
export const log = (a: Expr): Expr => ({ op: "log", args: [a] });
export const sqrt = (a: Expr): Expr => ({ op: "sqrt", args: [a] });
export const sigmoid = (a: Expr): Expr => ({ op: "sigmoid", args: [a] });
export const sum = (a: Expr): Expr => ({ op: "sum", args: [a] });
export const square = (a: Expr): Expr => mul(a, a);
export const select = (field: Expr, kept: Expr, dropped: Expr): Expr => ({
  op: "select",
  args: [field, kept, dropped],
});

/** Survivors scaled by 1 / keep, zeros elsewhere: what most variants do in training. */
export const keepScaled: Expr = select("field", mul("gain", "x"), 0);

/** How something executes expressions: a value for each leaf and number, a function for each operation. */
export interface Algebra<T> {
  constant(value: number): T;
  leaf(leaf: Leaf): T;
  ops: { readonly [K in Op]: (...args: T[]) => T };
}

/** Runs an expression in an algebra. */
export function evaluate<T>(expr: Expr, algebra: Algebra<T>): T {
  if (typeof expr === "number") return algebra.constant(expr);
  if (typeof expr === "string") return algebra.leaf(expr);
  return algebra.ops[expr.op](...expr.args.map((arg) => evaluate(arg, algebra)));
}

/** True if running the expression reads the leaf. */
export function reads(expr: Expr, leaf: Leaf): boolean {
  if (typeof expr === "object") return expr.args.some((arg) => reads(arg, leaf));
  return expr === leaf;
}

type FoldedOp = Exclude<Op, "linear" | "sum" | "select">;

const fold: { readonly [K in FoldedOp]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  exp: (a) => Math.exp(a),
  log: (a) => Math.log(a),
  sqrt: (a) => Math.sqrt(a),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
};

const isFolded = (op: Op): op is FoldedOp => op in fold;

/**
 * Puts numbers in the place of `rate`, `keep` and `gain`, and computes in float64 what then has only
 * numbers for arguments. Pass `gain: undefined` to leave that leaf, for a field that grows.
 */
export function bindRate(
  expr: Expr,
  scalars: Omit<RateScalars, "gain"> & { readonly gain: number | undefined },
): Expr {
  if (typeof expr === "number") return expr;
  if (typeof expr === "string") {
    if (expr === "rate" || expr === "keep" || expr === "gain") return scalars[expr] ?? expr;
    return expr;
  }
  const args = expr.args.map((arg) => bindRate(arg, scalars));
  const [a, b = 0] = args;
  if (isFolded(expr.op) && typeof a === "number" && typeof b === "number") {
    return fold[expr.op](a, b);
  }
  return { op: expr.op, args };
}
