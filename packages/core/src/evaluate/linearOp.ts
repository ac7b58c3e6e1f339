import { sizeOf } from "../field/fieldShape.js";
import type { Shape } from "../seam/seam.js";
import type { Floats, MakeFloats, Tensor } from "./tensor.js";

/** A layer's own operation without its bias, bilinear in its input and its kernel, with its adjoints. */
export interface LinearOp {
  /** Shape of `apply`'s result. */
  shape(x: Shape, w: Shape): Shape;
  apply(x: Tensor, w: Tensor): Tensor;
  /** The gradient of `sum(dy * apply(x, w))` by x. */
  gradientX(dy: Tensor, x: Tensor, w: Tensor): Tensor;
  /** The same by w. */
  gradientW(dy: Tensor, x: Tensor, w: Tensor): Tensor;
}

/** A dense layer's sizes: `rows` inputs meet one kernel; there are `groups` of them. */
interface Dense {
  readonly groups: number;
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** @throws {RangeError} If the shapes do not fit. */
function denseSizes(x: Shape, w: Shape): Dense {
  const perExample = w.length === 3;
  const [inputs, outputs] = w.slice(-2);
  const fits = x.length >= 1 && x[x.length - 1] === inputs && (!perExample || w[0] === x[0]);
  if (!(fits && (perExample || w.length === 2))) {
    throw new RangeError(
      `denseLinear: kernel must be [inputs, outputs] or [batch, inputs, outputs] of x [${x.join(", ")}], got [${w.join(", ")}]`,
    );
  }
  const groups = perExample ? w[0] : 1;
  const rows = sizeOf(x.slice(0, -1));
  return { groups, rows: groups === 0 ? 0 : rows / groups, inputs, outputs };
}

const makeLike =
  (floats: Floats): MakeFloats =>
  (entries) =>
    floats instanceof Float64Array ? new Float64Array(entries) : new Float32Array(entries);

type Term = (group: number, row: number, input: number, output: number) => void;

function forEachTerm({ groups, rows, inputs, outputs }: Dense, visit: Term): void {
  for (let group = 0; group < groups; group++) {
    for (let row = 0; row < rows; row++) {
      for (let input = 0; input < inputs; input++) {
        for (let output = 0; output < outputs; output++) visit(group, row, input, output);
      }
    }
  }
}

/** Sums `terms` in float64 and rounds each sum once. */
function summed(like: Tensor, shape: Shape, terms: (sums: Float64Array) => void): Tensor {
  const sums = new Float64Array(sizeOf(shape));
  terms(sums);
  const data = makeLike(like.data)(sums.length);
  data.set(sums);
  return { shape, data };
}

/**
 * The dense layer's operation: x `[batch, ..., inputs]` by w `[inputs, outputs]`, or by
 * `[batch, inputs, outputs]`, a kernel for each example.
 */
export const denseLinear: LinearOp = {
  shape: (x, w) => [...x.slice(0, -1), denseSizes(x, w).outputs],
  apply(x, w) {
    const sizes = denseSizes(x.shape, w.shape);
    const { rows, inputs, outputs } = sizes;
    return summed(x, denseLinear.shape(x.shape, w.shape), (sums) => {
      forEachTerm(sizes, (group, row, input, output) => {
        const at = group * rows + row;
        sums[at * outputs + output] +=
          x.data[at * inputs + input] * w.data[(group * inputs + input) * outputs + output];
      });
    });
  },
  gradientX(dy, x, w) {
    const sizes = denseSizes(x.shape, w.shape);
    const { rows, inputs, outputs } = sizes;
    return summed(x, x.shape, (sums) => {
      forEachTerm(sizes, (group, row, input, output) => {
        const at = group * rows + row;
        sums[at * inputs + input] +=
          dy.data[at * outputs + output] * w.data[(group * inputs + input) * outputs + output];
      });
    });
  },
  gradientW(dy, x, w) {
    const sizes = denseSizes(x.shape, w.shape);
    const { rows, inputs, outputs } = sizes;
    return summed(x, w.shape, (sums) => {
      forEachTerm(sizes, (group, row, input, output) => {
        const at = group * rows + row;
        sums[(group * inputs + input) * outputs + output] +=
          dy.data[at * outputs + output] * x.data[at * inputs + input];
      });
    });
  },
};
