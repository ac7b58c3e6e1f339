import { evaluatePart } from "../evaluate/evaluatePart.js";
import type { Leaves } from "../evaluate/evaluation.js";
import type { Expr, Part, Variant } from "../seam/seam.js";
import type { ApplyOptions } from "./ApplyOptions.js";

export interface Formula {
  readonly owner: "forward" | "backward";
  readonly variant: Variant;
  readonly part: Part;
  readonly values: Float32Array;
  readonly options: ApplyOptions;
}

/** Runs `forward` or `backward` of a part that has no fused kernel, by its formula. */
export function applyFormula({
  owner,
  variant,
  part,
  values,
  options,
}: Formula): ArrayLike<number> {
  const x = { shape: options.shape, data: values };
  const leaves = { ...learnedLeaves(variant, options), x };
  const run = evaluatePart(part, { ...options, leaves });
  if (owner === "forward") return run.value.data;
  // Where the value is affine in x, the gradient reads no x: dy, which stands for x here, is as good.
  if (!(degree(options.training ? part.train : part.infer) <= 1)) {
    throw new TypeError(`backward: variant must be affine in x, got ${variant.name}`);
  }
  return run.gradients(x, ["x"])[0].data;
}

function learnedLeaves({ learned = {} }: Variant, { learned: given = {} }: ApplyOptions): Leaves {
  const names = Object.keys(learned);
  return Object.fromEntries(
    names.map((name) => [`learned:${name}`, given[name] ?? learned[name].init]),
  );
}

/** The degree of a formula as a polynomial in x; infinite where it may be none. */
function degree(expr: Expr): number {
  if (typeof expr !== "object") return expr === "x" ? 1 : 0;
  const degrees = expr.args.map(degree);
  const highest = Math.max(...degrees);
  switch (expr.op) {
    case "add":
    case "sub":
    case "sum":
      return highest;
    case "select":
      return degrees[0] === 0 ? highest : Number.POSITIVE_INFINITY;
    case "mul":
    case "linear":
      return degrees[0] + degrees[1];
    case "div":
      return degrees[1] === 0 ? degrees[0] : Number.POSITIVE_INFINITY;
    default:
      return highest === 0 ? 0 : Number.POSITIVE_INFINITY;
  }
}
