import type { Value } from "./Draft.js";
import type { Step } from "./Step.js";

/** A function of one entry, with the largest value it has up to a bound. */
const unary = (opType: string, boundOf: (bound: number) => number): Step => ({
  add(draft, { which }) {
    const x = draft.recent(which);
    draft.op(opType, [x], { dims: x.dims, bound: boundOf(x.bound) });
  },
});

/** Sizes that two tensors broadcast to; undefined where they do not. */
function broadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const sizes = Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [a, b].map((dims) => dims[axis - rank + dims.length] ?? 1);
    return left === right || right === 1 ? left : left === 1 ? right : 0;
  });
  return sizes.includes(0) ? undefined : sizes;
}

/** Two tensors that broadcast, either of them the larger one. */
const binary = (
  opType: string,
  boundOf: (a: number, b: number) => number,
  since?: number,
): Step => ({
  since,
  add(draft, { which, other, how }) {
    const a = draft.recent(which);
    const fits = (dims: readonly number[]): boolean => broadcast(a.dims, dims) !== undefined;
    const b = draft.partner(other, a.dims.slice(how % (a.dims.length + 1)), fits);
    const [left, right] = how % 2 === 0 ? [a, b] : [b, a];
    const dims = broadcast(a.dims, b.dims) ?? a.dims;
    draft.op(opType, [left, right], { dims, bound: boundOf(left.bound, right.bound) });
  },
});

const larger = (a: number, b: number): number => Math.max(a, b);

/** A quotient by `1 + b²`. */
const quotient: Step = {
  add(draft, { which, other }) {
    const a = draft.recent(which);
    const same = (dims: readonly number[]): boolean => `${dims}` === `${a.dims}`;
    const b = draft.partner(other, a.dims, same);
    const { dims } = a;
    const square = draft.op("Mul", [b, b], { dims, bound: b.bound ** 2 });
    const one = { constants: [draft.constant([], [1])] };
    const divisor = draft.op("Add", [square], { ...one, dims, bound: square.bound + 1 });
    // A divisor that was squashed lies in (0.7, 1).
    draft.op("Div", [a, divisor], { dims, bound: a.bound / 0.7 });
  },
};

/** The larger of two tensors by a condition, which has no gradient. */
const selection: Step = {
  since: 9,
  add(draft, { which, other }) {
    const a = draft.recent(which);
    const same = (dims: readonly number[]): boolean => `${dims}` === `${a.dims}`;
    const b = draft.partner(other, a.dims, same);
    const condition = draft.builder.op("Greater", draft.read(a, b));
    const name = draft.builder.op("Where", [condition, ...draft.read(a, b)]);
    draft.add(name, { dims: a.dims, bound: Math.max(a.bound, b.bound) });
  },
};

/** Of a tensor that nothing else reads: `x · Sigmoid(x)` is a fused operator, which the runtime has no float64 kernel of. */
const sigmoid: Step = {
  add(draft, { which }) {
    const x = draft.recent(which);
    const turned = draft.builder.op("Neg", draft.read(x));
    draft.add(draft.builder.op("Sigmoid", [turned]), { dims: x.dims, bound: 1 });
  },
};

/** One tensor three times. */
const sum: Step = {
  add(draft, { which }) {
    const x = draft.recent(which);
    draft.op("Sum", [x, x, x], { dims: x.dims, bound: 3 * x.bound });
  },
};

const square: Step = {
  add(draft, { which }) {
    const x = draft.recent(which);
    const constants = [draft.constant([], [2])];
    draft.op("Pow", [x], { constants, dims: x.dims, bound: x.bound ** 2 });
  },
};

/** Entries along an axis against each other. */
const softmax = (opType: string, boundOf: (x: Value) => number): Step => ({
  add(draft, { which, how }) {
    const x = draft.recent(which);
    if (x.dims.length === 0) return;
    const attributes = { axis: how % x.dims.length };
    draft.op(opType, [x], { attributes, dims: x.dims, bound: boundOf(x) });
  },
});

const normalization: Step = {
  since: 17,
  add(draft, { which, other, how }) {
    const x = draft.recent(which);
    if (x.dims.length === 0) return;
    const axis = how % x.dims.length;
    const own = x.dims.slice(axis);
    const same = (dims: readonly number[]): boolean => `${dims}` === `${own}`;
    const [scale, bias] = [other, how].map((choice) => draft.partner(choice, own, same));
    // Squares of at most 27 deviations have a mean of 1.
    const bound = Math.sqrt(27) * scale.bound + bias.bound;
    const attributes = { axis, epsilon: { float: 0.25 } };
    draft.op("LayerNormalization", [x, scale, bias], { attributes, dims: x.dims, bound });
  },
};

export const elementwiseSteps: readonly Step[] = [
  unary("Tanh", () => 1),
  sigmoid,
  unary("Sin", () => 1),
  unary("Exp", Math.exp),
  unary("Neg", (bound) => bound),
  unary("Abs", (bound) => bound),
  unary("Relu", (bound) => bound),
  unary("Identity", (bound) => bound),
  binary("Add", (a, b) => a + b),
  binary("Sub", (a, b) => a + b),
  binary("Mul", (a, b) => a * b),
  binary("Max", larger, 8),
  binary("Min", larger, 8),
  quotient,
  selection,
  sum,
  square,
  softmax("Softmax", () => 1),
  softmax("LogSoftmax", ({ bound }) => 2 * bound + Math.log(27)),
  normalization,
];
