import { sizeOf } from "../field/fieldShape.js";
import { checkLength } from "../field/shape.js";
import { evaluate } from "../seam/expr.js";
import type { Expr, Leaf } from "../seam/seam.js";
import type { LinearOp } from "./linearOp.js";
import { backpropagate, leafNode, type Node, tape } from "./tape.js";
import type { MakeFloats, Tensor } from "./tensor.js";

/** A value for each leaf that a formula reads; a number stands for a tensor of the shape `[]`. */
export type Leaves = Readonly<Partial<Record<Leaf, Tensor | number>>>;

/** A formula's value, and its gradients. */
export interface Evaluation {
  readonly value: Tensor;
  /**
   * The gradients of `sum(dy * value)` by leaves, in their order and in the leaves' shapes; zeros by a
   * leaf that the formula does not read.
   * @throws {RangeError} If `dy` has not as many elements as the value.
   * @throws {TypeError} If a leaf was not given.
   */
  gradients(dy: Tensor, by: readonly Leaf[]): readonly Tensor[];
}

interface EvaluationOptions {
  readonly owner: string;
  readonly leaves: Leaves;
  readonly linear: LinearOp;
}

/**
 * Runs a formula over arrays. The result of each operation is rounded to float32, as frameworks do, or
 * to float64 where a leaf comes in float64.
 */
export function evaluation(expr: Expr, { owner, leaves, linear }: EvaluationOptions): Evaluation {
  const double = Object.values(leaves).some(
    (leaf) => typeof leaf === "object" && leaf.data instanceof Float64Array,
  );
  const make: MakeFloats = (entries) =>
    double ? new Float64Array(entries) : new Float32Array(entries);
  const read = new Map<Leaf, Node>();
  const leaf = (name: Leaf): Node => {
    const node = read.get(name) ?? leafNode(leafTensor(owner, name, { value: leaves[name], make }));
    read.set(name, node);
    return node;
  };
  const root = evaluate(expr, tape({ owner, leaf, linear, make }));
  return {
    value: root.value,
    gradients(dy, by) {
      const entries = root.value.data.length;
      checkLength(owner, { name: "dy", length: dy.data.length, entries });
      const nodes = by.map(leaf);
      const gradients = backpropagate(root, dy, new Set(nodes));
      return nodes.map((node) => {
        const { shape, data } = node.value;
        return gradients.get(node) ?? { shape, data: make(data.length) };
      });
    },
  };
}

function leafTensor(
  owner: string,
  name: Leaf,
  { value, make }: { readonly value: Tensor | number | undefined; readonly make: MakeFloats },
): Tensor {
  if (value === undefined) {
    throw new TypeError(`${owner}: leaf ${name} must be given, got undefined`);
  }
  const { shape, data } =
    typeof value === "number" ? { shape: [], data: Float64Array.of(value) } : value;
  checkLength(owner, { name, length: data.length, entries: sizeOf(shape) });
  const floats = make(data.length);
  if (floats.constructor === data.constructor) return { shape, data };
  floats.set(data);
  return { shape, data: floats };
}
