import { type Algebra, type Leaf, type Shape, sizeOf } from "../../src/adapter.js";

/** A row-major array of float64. */
export interface Arr {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export function array(shape: Shape, values: ArrayLike<number>): Arr {
  return { shape, data: Float64Array.from(values) };
}

export const scalar = (value: number): Arr => array([], [value]);

/** Applies a function entry by entry, with broadcasting. */
function zip(f: (...values: number[]) => number, ...args: readonly Arr[]): Arr {
  const rank = Math.max(...args.map(({ shape }) => shape.length));
  const padded = args.map(({ shape }) => [...Array(rank - shape.length).fill(1), ...shape]);
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(...padded.map((sizes) => sizes[axis])),
  );
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const values = args.map((arg, k) => {
      let [rest, at, stride] = [i, 0, 1];
      for (let axis = rank - 1; axis >= 0; axis--) {
        if (padded[k][axis] !== 1) at += (rest % shape[axis]) * stride;
        rest = Math.floor(rest / shape[axis]);
        stride *= padded[k][axis];
      }
      return arg.data[at];
    });
    return f(...values);
  });
  return { shape, data };
}

/** `[batch, inputs]` by `[inputs, outputs]`, or by `[batch, inputs, outputs]`: a kernel per example. */
function linear(x: Arr, w: Arr): Arr {
  const [batch, inputs] = x.shape;
  const [outputs, perExample] = [w.shape[w.shape.length - 1], w.shape.length === 3];
  const data = Float64Array.from({ length: batch * outputs }, (_, at) => {
    const [b, o] = [Math.floor(at / outputs), at % outputs];
    let total = 0;
    for (let i = 0; i < inputs; i++) {
      total += x.data[b * inputs + i] * w.data[((perExample ? b * inputs : 0) + i) * outputs + o];
    }
    return total;
  });
  return { shape: [batch, outputs], data };
}

export type Leaves = Partial<Record<Leaf, Arr>>;

/** Float64 arrays as an algebra: a whole adapter, but for drawing and for a framework's places. */
export function arrays(leaves: Leaves): Algebra<Arr> {
  return {
    constant: scalar,
    leaf(leaf) {
      const value = leaves[leaf];
      if (value === undefined) throw new Error(`arrays: leaf must have a value, got ${leaf}`);
      return value;
    },
    ops: {
      add: (a, b) => zip((p, q) => p + q, a, b),
      sub: (a, b) => zip((p, q) => p - q, a, b),
      mul: (a, b) => zip((p, q) => p * q, a, b),
      div: (a, b) => zip((p, q) => p / q, a, b),
      exp: (a) => zip(Math.exp, a),
      log: (a) => zip(Math.log, a),
      sqrt: (a) => zip(Math.sqrt, a),
      sigmoid: (a) => zip((p) => 1 / (1 + Math.exp(-p)), a),
      sum: (a) => scalar(a.data.reduce((total, value) => total + value, 0)),
      select: (field, kept, dropped) =>
        zip((bit, a, b) => (bit === 1 ? a : b), field, kept, dropped),
      linear,
    },
  };
}
