import { dropThreshold, siteHash } from "@dropoutkit/core";
import type { GraphBuilder } from "../GraphBuilder.js";
import { emitThreefry } from "./emitThreefry.js";

/** The input that noise in the graph is drawn from: uint32 `[seed, step]`. */
export const DROPOUT_KEY = "dropout.key";

export interface BernoulliOptions {
  /** The part's site in the mask contract. */
  readonly site: string;
  readonly rate: number;
  /** The tensor with the field's sizes, int64. */
  readonly shape: string;
  /** Name of the boolean tensor that is made. */
  readonly output: string;
}

/**
 * Draws a Bernoulli field in the graph, to the bit as core's `drawMask` does, from `dropout.key`.
 * Rows of the tile grid are 64 blocks; the four draws of a row stand side by side, so that row-major
 * order is the contract's and no transpose is needed.
 */
export function emitBernoulli(
  builder: GraphBuilder,
  { site, rate, shape, output }: BernoulliOptions,
): void {
  const uint = (value: number): string => builder.scalar("uint32", value);
  const keyWord = (index: number): string =>
    builder.op("Gather", [DROPOUT_KEY, builder.scalar("int64", index)]);
  const entries = builder.op("ReduceProd", [shape], { attributes: { keepdims: 0 } });
  const tile = builder.scalar("int64", 256);
  const padded = builder.op("Add", [entries, builder.scalar("int64", 255)]);
  const tiles = builder.op("Div", [padded, tile]);
  const blocks = builder.op("Mul", [tiles, builder.scalar("int64", 64)]);
  const zero = builder.scalar("int64", 0);
  const range = builder.op("Range", [zero, blocks, builder.scalar("int64", 1)]);
  const counters = builder.op("Cast", [range], { attributes: { to: 12 } });
  const words = emitThreefry(builder, {
    key0: keyWord(0),
    key1: uint(siteHash(site)),
    counter0: builder.op("Reshape", [counters, builder.ints([-1, 64])]),
    counter1: keyWord(1),
  });
  const threshold = uint(dropThreshold(rate));
  const kept = words
    .flatMap((word) => [
      builder.op("BitwiseAnd", [word, uint(0xffff)]),
      builder.op("BitShift", [word, uint(16)], { attributes: { direction: "RIGHT" } }),
    ])
    .map((draw) => builder.op("GreaterOrEqual", [draw, threshold]));
  const grid = builder.op("Concat", kept, { attributes: { axis: 1 } });
  const flat = builder.op("Reshape", [grid, builder.ints([-1])]);
  const end = builder.op("Reshape", [entries, builder.ints([1])]);
  const cut = builder.op("Slice", [flat, builder.ints([0]), end]);
  // Without allowzero a size 0 would stand for the size that `cut` has at its place.
  const attributes = { allowzero: 1 };
  builder.ops("Reshape", [cut, shape], { attributes, outputs: [output], name: output });
}
