import {
  type Algebra,
  type Expr,
  evaluate,
  type Leaf,
  type Op,
  type RateScalars,
} from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { type FloatType, isRateLeaf, scalarTensor, scalarValue } from "./rateScalar.js";

/** Which ONNX operator computes an operation of the seam that is one of numbers. */
const operators: { readonly [K in Exclude<Op, "linear" | "sum" | "select">]: string } = {
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  sigmoid: "Sigmoid",
};

/** What an expression's leaves stand for in the graph, and the element type that it is computed in. */
export interface EmitExprOptions {
  readonly type: FloatType;
  /** The tensor of a leaf; `rate`, `keep` and `gain` come from the rate where they have none. */
  readonly leaf: (leaf: Leaf) => string | undefined;
  readonly rate?: RateScalars | undefined;
  /** The layer's own operation, without its bias. */
  readonly linear?: ((x: string, w: string) => string) | undefined;
}

/** An expression's tensor, and the constants that follow from the rate. */
export interface EmittedExpr {
  readonly value: string;
  /** What each of these constants is the value of: an expression of numbers, `rate`, `keep` and `gain`. */
  readonly scalars: Readonly<Record<string, Expr>>;
}

/** What stands in the graph, or what is known before it runs: an expression of numbers and the rate. */
type Value = { readonly tensor: string } | { readonly scalar: Expr };

/**
 * Writes an expression as nodes. What follows from the rate alone is computed here, in float64, into
 * constants of their own, so that another rate changes these constants and nothing else.
 * @throws {TypeError} If the expression reads something that the place does not have.
 */
export function emitExpr(builder: GraphBuilder, expr: Expr, options: EmitExprOptions): EmittedExpr {
  const { rate, linear } = options;
  const { tensorOf, scalars } = constantsOf(builder, options);
  const folded =
    (op: keyof typeof operators) =>
    (...args: Value[]): Value => {
      const known = args.flatMap((arg) => ("scalar" in arg ? [arg.scalar] : []));
      if (known.length === args.length) return { scalar: { op, args: known } };
      return { tensor: builder.op(operators[op], args.map(tensorOf)) };
    };
  const algebra: Algebra<Value> = {
    constant: (scalar) => ({ scalar }),
    leaf: (leaf) => {
      const tensor = options.leaf(leaf);
      if (tensor !== undefined) return { tensor };
      return rate && isRateLeaf(leaf) ? { scalar: leaf } : absent(leaf);
    },
    ops: {
      add: folded("add"),
      sub: folded("sub"),
      mul: folded("mul"),
      div: folded("div"),
      exp: folded("exp"),
      log: folded("log"),
      sqrt: folded("sqrt"),
      sigmoid: folded("sigmoid"),
      sum: (arg) => ({
        tensor: builder.op("ReduceSum", [tensorOf(arg)], { attributes: { keepdims: 0 } }),
      }),
      select: (...args) => ({ tensor: builder.op("Where", args.map(tensorOf)) }),
      linear: (x, w) => ({ tensor: (linear ?? absent("linear"))(tensorOf(x), tensorOf(w)) }),
    },
  };
  return { value: tensorOf(evaluate(expr, algebra)), scalars };
}

function absent(what: string): never {
  throw new TypeError(`emitExpr: expression must read what its place has, got ${what}`);
}

/** Makes the constants of scalars: equal ones are one, and those that follow from the rate have a name each. */
function constantsOf(
  builder: GraphBuilder,
  { type, rate }: EmitExprOptions,
): { tensorOf(value: Value): string; readonly scalars: Record<string, Expr> } {
  const names = new Map<string, string>();
  const scalars: Record<string, Expr> = {};
  const rateConstant = (scalar: Expr): string => {
    const key = JSON.stringify(scalar);
    const name = names.get(key) ?? builder.uniqueName(scalar === "gain" ? "gain" : "scalar");
    if (names.has(key)) return name;
    names.set(key, name);
    scalars[name] = scalar;
    return builder.constant(scalarTensor(name, type, scalarValue(scalar, rate)));
  };
  const tensorOf = (value: Value): string => {
    if ("tensor" in value) return value.tensor;
    if (readsRate(value.scalar)) return rateConstant(value.scalar);
    return builder.scalar(type, scalarValue(value.scalar));
  };
  return { tensorOf, scalars };
}

const readsRate = (expr: Expr): boolean =>
  typeof expr === "object"
    ? expr.args.some(readsRate)
    : typeof expr === "string" && isRateLeaf(expr);
