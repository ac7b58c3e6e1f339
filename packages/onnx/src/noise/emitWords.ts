import { siteHash } from "@dropoutkit/core";
import type { GraphBuilder } from "../GraphBuilder.js";
import { DROPOUT_KEY } from "./dropoutKey.js";
import { emitThreefry } from "./emitThreefry.js";

/** A field that is drawn in the graph. */
export interface DrawOptions {
  /** The part's site in the mask contract. */
  readonly site: string;
  /** The tensor with the field's sizes, int64. */
  readonly shape: string;
  /** The product of the sizes that are known before: the count of entries is a multiple of it. */
  readonly factor: number;
  /** In a loop: the int64 scalar with the iteration, whose field starts where the one before ends. */
  readonly index?: string;
  /** Name of the tensor that is made. */
  readonly output: string;
}

const TILE_BLOCKS = 64;

/**
 * Draws the two words of each block of a field from `dropout.key`, as `[tiles, 64]`. A row is a tile of the
 * mask contract: what its blocks decide lies side by side, so that row-major order is the contract's
 * and nothing is transposed.
 */
export function emitWords(
  builder: GraphBuilder,
  { site, shape, index }: DrawOptions,
  entriesPerBlock: 2 | 4,
): readonly [word0: string, word1: string] {
  const int = (value: number): string => builder.scalar("int64", value);
  const keyWord = (at: number): string => builder.op("Gather", [DROPOUT_KEY, int(at)]);
  const tileEntries = TILE_BLOCKS * entriesPerBlock;
  const entries = builder.op("ReduceProd", [shape], { attributes: { keepdims: 0 } });
  const padded = builder.op("Add", [entries, int(tileEntries - 1)]);
  const blocks = builder.op("Mul", [
    builder.op("Div", [padded, int(tileEntries)]),
    int(TILE_BLOCKS),
  ]);
  const first = index === undefined ? int(0) : builder.op("Mul", [index, blocks]);
  const end = index === undefined ? blocks : builder.op("Add", [first, blocks]);
  const range = builder.op("Range", [first, end, int(1)]);
  const counters = builder.op("Cast", [range], { attributes: { to: 12 } });
  return emitThreefry(builder, {
    key0: keyWord(0),
    key1: builder.scalar("uint32", siteHash(site)),
    counter0: builder.op("Reshape", [counters, builder.ints([-1, TILE_BLOCKS])]),
    counter1: keyWord(1),
  });
}

/** Lays out what blocks decide, each `[tiles, 64]`, as a field: its first entries in its shape. */
export function emitLayout(
  builder: GraphBuilder,
  columns: readonly string[],
  { shape, factor, output }: Omit<DrawOptions, "site">,
): void {
  const grid = builder.op("Concat", columns, { attributes: { axis: 1 } });
  const isWhole = factor % (TILE_BLOCKS * columns.length) === 0;
  const entries = isWhole ? grid : emitFirst(builder, grid, shape);
  // Without allowzero a size 0 would stand for the size that `entries` has at its place.
  const attributes = { allowzero: 1 };
  builder.op("Reshape", [entries, shape], { attributes, outputs: [output], name: output });
}

/** The entries of a grid that a field of a shape has. */
function emitFirst(builder: GraphBuilder, grid: string, shape: string): string {
  const flat = builder.op("Reshape", [grid, builder.ints([-1])]);
  const end = builder.op("ReduceProd", [shape], { attributes: { keepdims: 1 } });
  return builder.op("Slice", [flat, builder.ints([0]), end]);
}
