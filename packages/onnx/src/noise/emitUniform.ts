import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { DataType } from "../model/schema.js";
import { type DrawOptions, emitLayout, emitWords } from "./emitWords.js";

/** Draws a field of uniforms in (0, 1) in the graph, float32, to the bit as core's `drawUniform` does. */
export function emitUniform(builder: GraphBuilder, options: DrawOptions): void {
  const words = emitWords(builder, options, 2);
  emitLayout(
    builder,
    words.map((word) => emitUnit(builder, word)),
    options,
  );
}

/** `((word >> 9) + 0.5) 2^-23`; each step is exact in float32. */
export function emitUnit(builder: GraphBuilder, word: string): string {
  const attributes = { direction: "RIGHT" };
  const high = builder.op("BitShift", [word, builder.scalar("uint32", 9)], { attributes });
  const count = builder.op("Cast", [high], { attributes: { to: DataType.FLOAT } });
  const middle = builder.op("Add", [count, builder.scalar("float32", 0.5)]);
  return builder.op("Mul", [middle, builder.scalar("float32", 2 ** -23)]);
}
