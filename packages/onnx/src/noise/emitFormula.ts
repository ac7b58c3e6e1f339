import { type Leaf, type Part, rateScalars } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { DataType } from "../model/schema.js";
import { dataTypeOf, tensorTypeOf } from "../model/tensorType.js";
import type { TensorInfo } from "../model/valueInfo.js";
import { type EmittedExpr, emitExpr } from "./emitExpr.js";
import { emitGain } from "./emitGain.js";
import type { FloatType } from "./rateScalar.js";

/** A part's formula at a tensor. */
export interface EmitFormulaOptions {
  /** Who asks, for messages. */
  readonly owner: string;
  readonly part: Part;
  /** Which of its formulas. */
  readonly formula: "train" | "infer";
  /** The tensor that the formula is of, and its type. */
  readonly x: string;
  readonly info: Pick<TensorInfo, "dataType">;
  /** What else it reads: `field`, and of `w`, `b`, `previous`, `learned:<name>` what it has; of the type of `x`, but for the field. */
  readonly leaves: { readonly [K in Leaf]?: string };
  /** The layer's own operation, without its bias; returns the tensor that it makes. */
  readonly linear?: ((x: string, w: string) => string) | undefined;
}

/**
 * Writes a part's formula as nodes. Half floats are computed in float32 and rounded once, so that the rate's
 * constants keep their digits.
 * @throws {TypeError} If `x` holds no floats, or the formula reads something that is not given.
 */
export function emitFormula(
  builder: GraphBuilder,
  { owner, part, formula, x, info, leaves, linear }: EmitFormulaOptions,
): EmittedExpr {
  const { dataType } = info;
  const type = computeTypeOf(dataType);
  if (type === undefined) {
    throw new TypeError(
      `${owner}: tensor ${x} must hold float16, bfloat16, float32 or float64, got ${tensorTypeOf(dataType) ?? `data type ${dataType}`}`,
    );
  }
  const computed = dataTypeOf(type);
  const cast = (tensor: string, from: DataType, to: DataType): string =>
    from === to ? tensor : builder.op("Cast", [tensor], { attributes: { to } });
  const find = (leaf: Leaf): string | undefined => {
    const field = leaves.field;
    if (leaf === "gain" && part.field.grow && field !== undefined) {
      return cast(emitGain(builder, field), DataType.FLOAT, computed);
    }
    const tensor = leaf === "x" ? x : leaves[leaf];
    if (tensor === undefined || (leaf === "field" && part.field.draw === "bernoulli"))
      return tensor;
    return cast(tensor, leaf === "field" ? DataType.FLOAT : dataType, computed);
  };
  const found = new Map<Leaf, string | undefined>();
  const leaf = (name: Leaf): string | undefined => {
    if (!found.has(name)) found.set(name, find(name));
    return found.get(name);
  };
  const expr = part[formula];
  if (expr === "x") return { value: x, scalars: {} };
  const rate = part.field.rate === undefined ? undefined : rateScalars(part.field.rate);
  const { value, scalars } = emitExpr(builder, expr, { type, leaf, rate, linear });
  return { value: cast(value, computed, dataType), scalars };
}

/** In what a tensor's values are computed; undefined where it holds no floats. */
function computeTypeOf(dataType: number): FloatType | undefined {
  if (dataType === DataType.DOUBLE) return "float64";
  const single = [DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16];
  return single.includes(dataType) ? "float32" : undefined;
}
