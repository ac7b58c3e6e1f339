import {
  bindRate,
  type Expr,
  type Leaf,
  type RateScalars,
  rateScalars,
} from "@dropoutkit/core/adapter";
import type { TensorProto } from "../model/schema.js";
import { makeTensor } from "../model/tensor.js";

/** The element types that formulas are computed in. */
export type FloatType = "float32" | "float64";

export const isRateLeaf = (leaf: Leaf): leaf is keyof RateScalars =>
  leaf === "rate" || leaf === "keep" || leaf === "gain";

/**
 * The value, in float64, of an expression of numbers, `rate`, `keep` and `gain`.
 * @throws {TypeError} If it is another expression.
 */
export function scalarValue(expr: Expr, rate: RateScalars = rateScalars(0)): number {
  const value = bindRate(expr, rate);
  if (typeof value === "number") return value;
  throw new TypeError(
    `scalarValue: expression must be of numbers and the rate, got ${JSON.stringify(expr)}`,
  );
}

/** A constant of one number. */
export function scalarTensor(name: string, type: FloatType, value: number): TensorProto {
  return type === "float32"
    ? makeTensor({ name, type, dims: [], data: Float32Array.of(value) })
    : makeTensor({ name, type, dims: [], data: Float64Array.of(value) });
}

/** The constant T that 16-bit draws are compared with. */
export const thresholdTensor = (name: string, threshold: number): TensorProto =>
  makeTensor({ name, type: "uint32", dims: [], data: Uint32Array.of(threshold) });
