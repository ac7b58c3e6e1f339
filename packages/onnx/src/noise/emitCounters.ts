import { sizeOf } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { makeTensor } from "../model/tensor.js";
import type { Dim } from "../model/valueInfo.js";

export interface CounterOptions {
  /** The sizes of the field, as far as they are known. */
  readonly sizes: readonly Dim[];
  /** The int64 tensor with the sizes. */
  readonly shape: string;
  /** In a loop: the int64 scalar with the iteration, whose blocks follow those of the one before. */
  readonly index?: string;
  readonly entriesPerBlock: number;
}

/** Blocks of a tile of the mask contract, whose entries lie side by side. */
export const TILE_BLOCKS = 64;

/** Up to here, 4 MB of a mask, the starts of a field's tiles are stored: 16 kB. */
const MOST_STORED_TILES = 1 << 12;

/** Writes the numbers of a field's blocks, uint32 `[tiles, 64]`. */
export function emitCounters(builder: GraphBuilder, options: CounterOptions): string {
  const { sizes, index, entriesPerBlock } = options;
  const known = sizes.filter((size) => typeof size === "number");
  const tiles = Math.ceil(sizeOf(known) / (TILE_BLOCKS * entriesPerBlock));
  const isStored =
    index === undefined && known.length === sizes.length && tiles > 0 && tiles <= MOST_STORED_TILES;
  return isStored ? storedCounters(builder, tiles) : countedCounters(builder, options);
}

/**
 * A Range would have to be cast, and a process's first Cast takes long: the runtime's kernel is one large
 * function, which is compiled then.
 */
function storedCounters(builder: GraphBuilder, tiles: number): string {
  const words = (hint: string, dims: readonly number[], step: number): string => {
    const data = Uint32Array.from({ length: sizeOf(dims) }, (_, i) => i * step);
    return builder.constant(
      makeTensor({ name: builder.uniqueName(hint), type: "uint32", dims, data }),
    );
  };
  return builder.op("Add", [
    words("tiles", [tiles, 1], TILE_BLOCKS),
    words("blocks", [TILE_BLOCKS], 1),
  ]);
}

function countedCounters(
  builder: GraphBuilder,
  { shape, index, entriesPerBlock }: CounterOptions,
): string {
  const int = (value: number): string => builder.scalar("int64", value);
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
  return builder.op("Reshape", [counters, builder.ints([-1, TILE_BLOCKS])]);
}
