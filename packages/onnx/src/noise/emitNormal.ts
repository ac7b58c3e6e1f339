import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { emitUnit } from "./emitUniform.js";
import { type DrawOptions, emitLayout, emitWords } from "./emitWords.js";

/**
 * Draws a field of standard normals in the graph, float32, within 2^-18 max(1, |z|) of the mask
 * contract's formula in real numbers.
 *
 * The angle is taken as 2 pi (u - 1/2), which turns the signs of cosine and sine: u - 1/2 is exact, and the
 * angle at most pi, so that rounding it and 2 pi moves it by less than 2^-23 + 2^-23.4 and z, with r below
 * 5.77, by 1.2e-6. Logarithm, root, cosine and product have a few units of 2^-24 |z| more. 2^-18 is 3.8e-6.
 * @see Box and Muller 1958, "A Note on the Generation of Random Normal Deviates", Annals of
 * Mathematical Statistics 29.
 */
export function emitNormal(builder: GraphBuilder, options: DrawOptions): void {
  const float = (value: number): string => builder.scalar("float32", value);
  const [u0, u1] = emitWords(builder, options, 2).map((word) => emitUnit(builder, word));
  const squared = builder.op("Mul", [builder.op("Log", [u0]), float(-2)]);
  const radius = builder.op("Neg", [builder.op("Sqrt", [squared])]);
  const turn = builder.op("Sub", [u1, float(0.5)]);
  const angle = builder.op("Mul", [turn, float(2 * Math.PI)]);
  const normals = ["Cos", "Sin"].map((part) =>
    builder.op("Mul", [radius, builder.op(part, [angle])]),
  );
  emitLayout(builder, normals, options);
}
