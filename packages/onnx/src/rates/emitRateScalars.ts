import type { Expr, Leaf } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { DataType } from "../model/schema.js";
import { emitExpr } from "../noise/emitExpr.js";

/** A tensor to compute from the rate: its name, its type, and what it is the value of. */
export interface RateScalar {
  readonly name: string;
  readonly dataType: DataType;
  readonly expr: Expr;
}

/**
 * Computes what follows from the rate when the model runs, from T: in float64 from the float32 gain, and
 * rounded once, as the constants of a rate that is known are. Both 65536 and 65536 - T are exact in
 * float64, and rounding their quotient to float32 is as good as dividing in it, since 53 >= 2 * 24 + 2. A node is written only where it is read.
 */
export function emitRateScalars(
  builder: GraphBuilder,
  threshold: string,
  scalars: readonly RateScalar[],
): void {
  const double = (value: number): string => builder.scalar("float64", value);
  const cast = (x: string, to: DataType): string => builder.op("Cast", [x], { attributes: { to } });
  const once = (make: () => string): (() => string) => {
    let made: string | undefined;
    return () => (made ??= make());
  };
  const steps = once(() => cast(threshold, DataType.DOUBLE));
  const kept = once(() => builder.op("Sub", [double(65536), steps()]));
  const leaves: { readonly [K in Leaf]?: () => string } = {
    rate: once(() => builder.op("Mul", [steps(), double(2 ** -16)])),
    keep: once(() => builder.op("Mul", [kept(), double(2 ** -16)])),
    gain: once(() => {
      const quotient = cast(builder.op("Div", [double(65536), kept()]), DataType.FLOAT);
      const some = cast(kept(), DataType.BOOL);
      const gain = builder.op("Where", [some, quotient, builder.scalar("float32", 0)]);
      return cast(gain, DataType.DOUBLE);
    }),
  };
  for (const { name, dataType, expr } of scalars) {
    const { value } = emitExpr(builder, expr, {
      type: "float64",
      leaf: (leaf) => leaves[leaf]?.(),
    });
    builder.op("Cast", [value], { attributes: { to: dataType }, name, outputs: [name] });
  }
}
