import type { Expr, Leaf } from "./seam.js";

/** `field ? scale · x + shift : dropped`: the form that fast kernels compute in one pass. */
export interface FusedSelect {
  readonly scale: number | "gain";
  readonly shift: number;
  readonly dropped: number | Leaf;
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
  if (expr === "x") return { scale: 1, shift: 0 };
  if (typeof expr !== "object") return undefined;
  const [a, b] = expr.args;
  if (expr.op === "mul" && b === "x" && (typeof a === "number" || a === "gain")) {
    return { scale: a, shift: 0 };
  }
  if (expr.op === "add" && typeof b === "number") {
    const inner = affineOf(a);
    return inner?.shift === 0 ? { scale: inner.scale, shift: b } : undefined;
  }
  return undefined;
}
