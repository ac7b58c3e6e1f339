import type { Op } from "../seam/seam.js";

/** An operation on single entries, and for each argument what it makes of the gradient dy of its value y. */
export interface Pointwise {
  readonly value: (a: number, b: number, c: number) => number;
  readonly gradients: readonly ((dy: number, y: number, a: number, b: number) => number)[];
}

/** Every operation but `sum` and `linear`, which are not entry by entry. */
export const pointwise: { readonly [K in Exclude<Op, "sum" | "linear">]: Pointwise } = {
  add: { value: (a, b) => a + b, gradients: [(dy) => dy, (dy) => dy] },
  sub: { value: (a, b) => a - b, gradients: [(dy) => dy, (dy) => -dy] },
  mul: { value: (a, b) => a * b, gradients: [(dy, _, _a, b) => dy * b, (dy, _, a) => dy * a] },
  div: {
    value: (a, b) => a / b,
    gradients: [(dy, _, _a, b) => dy / b, (dy, y, _a, b) => (-dy * y) / b],
  },
  exp: { value: (a) => Math.exp(a), gradients: [(dy, y) => dy * y] },
  log: { value: (a) => Math.log(a), gradients: [(dy, _, a) => dy / a] },
  sqrt: { value: (a) => Math.sqrt(a), gradients: [(dy, y) => dy / (2 * y)] },
  sigmoid: {
    value: (a) => 1 / (1 + Math.exp(-a)),
    gradients: [(dy, y) => dy * y * (1 - y)],
  },
  // Picking: what is not picked has the gradient 0, not 0 times something.
  select: {
    value: (field, kept, dropped) => (field === 0 ? dropped : kept),
    gradients: [
      () => 0,
      (dy, _, field) => (field === 0 ? 0 : dy),
      (dy, _, field) => (field === 0 ? dy : 0),
    ],
  },
};
