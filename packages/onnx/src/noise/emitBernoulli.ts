import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { type DrawOptions, emitLayout, emitWords } from "./emitWords.js";

export interface BernoulliOptions extends DrawOptions {
  /** The uint32 scalar T: an entry is kept where its 16-bit draw is at least this. */
  readonly threshold: string;
}

/** Draws a Bernoulli field in the graph, to the bit as core's `drawMask` does. */
export function emitBernoulli(builder: GraphBuilder, options: BernoulliOptions): void {
  const uint = (value: number): string => builder.scalar("uint32", value);
  const kept = emitWords(builder, options, 4)
    .flatMap((word) => [
      builder.op("BitwiseAnd", [word, uint(0xffff)]),
      builder.op("BitShift", [word, uint(16)], { attributes: { direction: "RIGHT" } }),
    ])
    .map((draw) => builder.op("GreaterOrEqual", [draw, options.threshold]));
  emitLayout(builder, kept, options);
}
