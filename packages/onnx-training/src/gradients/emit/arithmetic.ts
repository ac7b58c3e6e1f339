import type { EmitContext } from "../EmitContext.js";
import { scalarLike } from "./scalarLike.js";

/** A tensor, or a number in the element type that the arithmetic was made for. */
export type Operand = string | number;

/** Elementwise operations, written as nodes; each returns the tensor of its value. */
export interface Arithmetic {
  add(a: Operand, b: Operand): string;
  sub(a: Operand, b: Operand): string;
  mul(a: Operand, b: Operand): string;
  div(a: Operand, b: Operand): string;
  pow(a: Operand, b: Operand): string;
  /** a / b, and 0 where b is 0. */
  quotient(a: Operand, b: Operand): string;
  /** An elementwise operator of one input. */
  map(opType: string, x: Operand): string;
  less(a: Operand, b: Operand): string;
  greater(a: Operand, b: Operand): string;
  equal(a: Operand, b: Operand): string;
  and(a: string, b: string): string;
  or(a: string, b: string): string;
  not(a: string): string;
  /** -1, 0 or 1. */
  sign(x: string): string;
  /** 1 where a condition holds, else 0. */
  indicator(condition: string): string;
  /** `a` where a condition holds, else `b`. */
  select(condition: string, a: Operand, b: Operand): string;
}

const OPERATORS = ["Add", "Sub", "Mul", "Div", "Pow", "Less", "Greater", "And", "Or"];

/**
 * Arithmetic in the element type of a tensor. Before opset 9 there is no selection, so it is a sum of
 * products there, which lets NaN and Inf of the other branch through: neither branch may make them of finite
 * numbers.
 */
export function arithmetic(context: EmitContext, like: string): Arithmetic {
  const { builder, opset, info } = context;
  const tensor = (operand: Operand): string =>
    typeof operand === "number" ? scalarLike(context, like, operand) : operand;
  const binary =
    (opType: string) =>
    (a: Operand, b: Operand): string =>
      builder.op(opType, [tensor(a), tensor(b)]);
  const [add, sub, mul, div, pow, less, greater, and, or] = OPERATORS.map(binary);
  const not = (a: string): string => builder.op("Not", [a]);
  // A process's first Cast takes long: the runtime's kernel is one large function, which is compiled then.
  const indicator = (condition: string): string =>
    opset >= 9
      ? builder.op("Where", [condition, tensor(1), tensor(0)])
      : builder.op("Cast", [condition], { attributes: { to: info(like).dataType } });
  const equal = (a: Operand, b: Operand): string =>
    opset >= 11 ? builder.op("Equal", [tensor(a), tensor(b)]) : not(or(less(a, b), greater(a, b)));
  const select = (condition: string, a: Operand, b: Operand): string =>
    opset >= 9
      ? builder.op("Where", [condition, tensor(a), tensor(b)])
      : add(mul(indicator(condition), a), mul(indicator(not(condition)), b));
  return {
    add,
    sub,
    mul,
    div,
    pow,
    quotient(a, b) {
      const isZero = equal(b, 0);
      return select(isZero, 0, div(a, opset >= 9 ? b : select(isZero, 1, b)));
    },
    map: (opType, x) => builder.op(opType, [tensor(x)]),
    less,
    greater,
    equal,
    and,
    or,
    not,
    sign: (x) =>
      opset >= 9 ? builder.op("Sign", [x]) : sub(indicator(greater(x, 0)), indicator(less(x, 0))),
    indicator,
    select,
  };
}
