import type { Expr, Leaf } from "./seam.js";

/** `field ? scale · x + shift : dropped`: the form that fast kernels compute in one pass. */
export interface FusedSelect {
  readonly scale: number | "gain";
  /** -0 where nothing is added: adding it changes no float32, while adding 0 would make 0 of a surviving -0. */
  readonly shift: number;
  readonly dropped: number | Leaf;
}

/** A fused form in numbers alone, each a float32. */
export interface NumericSelect {
  readonly scale: number;
  readonly shift: number;
  readonly dropped: number;
}

/** The fused form of an expression whose rate and gain are bound; undefined where it is another form, or reads more. */
export function numericSelect(expr: Expr): NumericSelect | undefined {
  const { scale, shift = -0, dropped } = fusedSelect(expr) ?? {};
  if (typeof scale !== "number" || typeof dropped !== "number") return undefined;
  const [one, two, three] = [scale, shift, dropped].map(Math.fround);
  return { scale: one, shift: two, dropped: three };
}

/**
 * Recognises the fused form by its structure in an expression whose rate is bound; undefined where
 * it is another form.
 */
export function fusedSelect(expr: Expr): FusedSelect | undefined {
  if (typeof expr !== "object" || expr.op !== "select") return undefined;
  const [field, kept, dropped] = expr.args;
  const affine = affineOf(kept);
  if (field !== "field" || affine === undefined || typeof dropped === "object") return undefined;
  return { ...affine, dropped };
}

function affineOf(expr: Expr): Pick<FusedSelect, "scale" | "shift"> | undefined {
  if (expr === "x") return { scale: 1, shift: -0 };
  if (typeof expr !== "object") return undefined;
  const [a, b] = expr.args;
  if (expr.op === "mul" && b === "x" && (typeof a === "number" || a === "gain")) {
    return { scale: a, shift: -0 };
  }
  if (expr.op === "add" && typeof b === "number") {
    const inner = affineOf(a);
    return inner?.shift === 0 ? { scale: inner.scale, shift: b === 0 ? -0 : b } : undefined;
  }
  return undefined;
}
