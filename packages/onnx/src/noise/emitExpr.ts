import { type Algebra, type Expr, evaluate, type Leaf, type Op } from "@dropoutkit/core";
import type { GraphBuilder } from "../GraphBuilder.js";
import type { TensorType } from "../tensorType.js";

/** Which ONNX operator computes an operation of the seam; `linear` is the layer's own and not one operator. */
const operators: { readonly [K in Exclude<Op, "linear">]: string } = {
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  sigmoid: "Sigmoid",
  sum: "ReduceSum",
  select: "Where",
};

/** What an expression's leaves stand for in the graph, and the element type of its numbers. */
export interface EmitOptions {
  readonly type: TensorType;
  readonly leaves: { readonly [K in Leaf]?: string };
}

/**
 * Writes an expression as nodes and returns the tensor of its value.
 * @throws {TypeError} If the expression reads something that the place does not have.
 */
export function emitExpr(builder: GraphBuilder, expr: Expr, { type, leaves }: EmitOptions): string {
  const op =
    (name: Exclude<Op, "linear">) =>
    (...args: string[]): string =>
      builder.op(operators[name], args, name === "sum" ? { attributes: { keepdims: 0 } } : {});
  const absent = (what: string): never => {
    throw new TypeError(`emitExpr: expression must read what its place has, got ${what}`);
  };
  const algebra: Algebra<string> = {
    constant: (value) => builder.scalar(type, value),
    leaf: (leaf) => leaves[leaf] ?? absent(leaf),
    ops: {
      add: op("add"),
      sub: op("sub"),
      mul: op("mul"),
      div: op("div"),
      exp: op("exp"),
      log: op("log"),
      sqrt: op("sqrt"),
      sigmoid: op("sigmoid"),
      sum: op("sum"),
      select: op("select"),
      linear: () => absent("linear"),
    },
  };
  return evaluate(expr, algebra);
}
