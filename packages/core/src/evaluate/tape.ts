import { sizeOf } from "../field/fieldShape.js";
import type { Algebra } from "../seam/expr.js";
import type { Leaf } from "../seam/seam.js";
import type { LinearOp } from "./linearOp.js";
import { type Pointwise, pointwise } from "./pointwise.js";
import { broadcastShape, broadcastTo, type MakeFloats, sumTo, type Tensor } from "./tensor.js";

/** A value that remembers what it was computed from, and how a gradient of it goes back to the i-th of these. */
export interface Node {
  readonly value: Tensor;
  readonly inputs: readonly Node[];
  readonly pull: (dy: Tensor, i: number) => Tensor;
}

export const leafNode = (value: Tensor): Node => ({ value, inputs: [], pull: (dy) => dy });

export interface TapeOptions {
  readonly owner: string;
  readonly leaf: (leaf: Leaf) => Node;
  readonly linear: LinearOp;
  readonly make: MakeFloats;
}

/** Arrays that can be differentiated, as an algebra: each operation's result is rounded to its array's precision. */
export function tape({ owner, leaf, linear, make }: TapeOptions): Algebra<Node> {
  const entrywise = entrywiseOp(owner, make);
  return {
    constant: (value) => leafNode({ shape: [], data: make(1).fill(value) }),
    leaf,
    ops: {
      add: entrywise(pointwise.add),
      sub: entrywise(pointwise.sub),
      mul: entrywise(pointwise.mul),
      div: entrywise(pointwise.div),
      exp: entrywise(pointwise.exp),
      log: entrywise(pointwise.log),
      sqrt: entrywise(pointwise.sqrt),
      sigmoid: entrywise(pointwise.sigmoid),
      select: entrywise(pointwise.select),
      sum: (a) => ({
        value: sumTo(a.value, [], make),
        inputs: [a],
        pull: ({ data: [dy] }) => ({
          shape: a.value.shape,
          data: make(a.value.data.length).fill(dy),
        }),
      }),
      linear: (x, w) => ({
        value: linear.apply(x.value, w.value),
        inputs: [x, w],
        pull: (dy, i) =>
          i === 0 ? linear.gradientX(dy, x.value, w.value) : linear.gradientW(dy, x.value, w.value),
      }),
    },
  };
}

function entrywiseOp(
  owner: string,
  make: MakeFloats,
): (op: Pointwise) => Algebra<Node>["ops"]["add"] {
  return (op) =>
    (...inputs) => {
      const shape = broadcastShape(
        owner,
        inputs.map(({ value }) => value.shape),
      );
      const [a, b = a, c = a] = inputs.map(({ value }) => broadcastTo(value, shape, make));
      const y = make(sizeOf(shape));
      for (let i = 0; i < y.length; i++) y[i] = op.value(a[i], b[i], c[i]);
      return {
        value: { shape, data: y },
        inputs,
        pull(dy, arg) {
          const gradient = op.gradients[arg];
          const data = make(y.length);
          for (let i = 0; i < y.length; i++) data[i] = gradient(dy.data[i], y[i], a[i], b[i]);
          return sumTo({ shape, data }, inputs[arg].value.shape, make);
        },
      };
    };
}

/**
 * The gradient of `sum(dy * root)` by each of the nodes that lead to one of `wanted`, these included
 * (reverse mode). Branches that lead to none are not computed.
 */
export function backpropagate(
  root: Node,
  dy: Tensor,
  wanted: ReadonlySet<Node>,
): ReadonlyMap<Node, Tensor> {
  const leads = new Map<Node, boolean>();
  // A node comes into the map after its inputs: backwards, it is met before them.
  const visit = (node: Node): boolean => {
    const known = leads.get(node);
    if (known !== undefined) return known;
    const found = node.inputs.map(visit).includes(true) || wanted.has(node);
    leads.set(node, found);
    return found;
  };
  const gradients = new Map<Node, Tensor>();
  if (visit(root)) gradients.set(root, dy);
  for (const node of [...leads.keys()].reverse()) {
    const gradient = gradients.get(node);
    if (gradient === undefined) continue;
    node.inputs.forEach((input, i) => {
      if (leads.get(input))
        gradients.set(input, plus(gradients.get(input), node.pull(gradient, i)));
    });
  }
  return gradients;
}

function plus(sum: Tensor | undefined, { shape, data }: Tensor): Tensor {
  return sum === undefined ? { shape, data } : { shape, data: data.map((v, i) => v + sum.data[i]) };
}
