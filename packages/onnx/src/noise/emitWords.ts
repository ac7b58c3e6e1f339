import { siteHash, sizeOf } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { DROPOUT_KEY } from "./dropoutKey.js";
import { type CounterOptions, emitCounters, TILE_BLOCKS } from "./emitCounters.js";
import { emitThreefry } from "./emitThreefry.js";

/** A field that is drawn in the graph. */
export interface DrawOptions extends Omit<CounterOptions, "entriesPerBlock"> {
  /** The part's site in the mask contract. */
  readonly site: string;
  /** Name of the tensor that is made. */
  readonly output: string;
}

/**
 * Draws the two words of each block of a field from `dropout.key`, as `[tiles, 64]`. A row is a tile of the
 * mask contract: what its blocks decide lies side by side, so that row-major order is the contract's
 * and nothing is transposed.
 */
export function emitWords(
  builder: GraphBuilder,
  { site, ...field }: DrawOptions,
  entriesPerBlock: 2 | 4,
): readonly [word0: string, word1: string] {
  const keyWord = (at: number): string =>
    builder.op("Gather", [DROPOUT_KEY, builder.scalar("int64", at)]);
  return emitThreefry(builder, {
    key0: keyWord(0),
    key1: builder.scalar("uint32", siteHash(site)),
    counter0: emitCounters(builder, { ...field, entriesPerBlock }),
    counter1: keyWord(1),
  });
}

/** Lays out what blocks decide, each `[tiles, 64]`, as a field: its first entries in its shape. */
export function emitLayout(
  builder: GraphBuilder,
  columns: readonly string[],
  { shape, sizes, output }: Omit<DrawOptions, "site">,
): void {
  const grid = builder.op("Concat", columns, { attributes: { axis: 1 } });
  // The count of entries is a multiple of what is known of it.
  const factor = sizeOf(sizes.filter((size) => typeof size === "number"));
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
