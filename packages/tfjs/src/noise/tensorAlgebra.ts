import type { Algebra, Leaf } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { selectValue } from "./selectValue.js";
import type { Value } from "./Value.js";

/** What an expression may read and call. */
export interface AlgebraOptions {
  readonly leaves: { readonly [L in Leaf]?: Value | undefined };
  /** The layer's own operation without its bias; absent where there is none. */
  readonly linear?: (x: Value, w: Value) => Value;
}

/**
 * Executes core's expressions over tensors; every operation has tfjs's gradient but `select`.
 * @throws {TypeError} Where an expression reads a leaf or calls `linear` that is not given.
 */
export function tensorAlgebra({ leaves, linear }: AlgebraOptions): Algebra<Value> {
  return {
    constant: (value) => value,
    leaf: (leaf) => given(leaf, leaves[leaf]),
    ops: {
      add: (a, b) => tf.add(a, b),
      sub: (a, b) => tf.sub(a, b),
      mul: (a, b) => tf.mul(a, b),
      div: (a, b) => tf.div(a, b),
      exp: (a) => tf.exp(a),
      log: (a) => tf.log(a),
      sqrt: (a) => tf.sqrt(a),
      sigmoid: (a) => tf.sigmoid(a),
      sum: (a) => tf.sum(a),
      select: (field, kept, dropped) => selectValue(field, kept, dropped),
      linear: (x, w) => given("linear", linear)(x, w),
    },
  };
}

function given<T>(name: string, value: T | undefined): T {
  if (value === undefined) {
    throw new TypeError(`tensorAlgebra: ${name} must be given for this expression, got undefined`);
  }
  return value;
}
