import type { KeyWords } from "./noiseKey.js";
import { dropThreshold } from "./rate.js";
import { threefry2x32 } from "./threefry.js";

/** Blocks that are computed together, and the entries that they decide: four 16-bit draws a block. */
const TILE_BLOCKS = 64;
export const TILE_ENTRIES: number = 4 * TILE_BLOCKS;

/** Where a tile's decisions start in the field, and one decision (1 keep, 0 drop) an entry. */
type TileVisitor = (start: number, kept: Uint8Array) => void;

/** How many entries to draw, at which rate, and where the field starts (default block 0). */
interface TileOptions {
  readonly entries: number;
  readonly rate: number;
  readonly firstBlock?: number;
}

/**
 * Draws a Bernoulli field tile by tile: `visit` gets the decisions of entries
 * `start ... start + 255`, of which the last tile may need only some.
 */
export function forEachTile(
  { key0, key1, step }: KeyWords,
  { entries, rate, firstBlock = 0 }: TileOptions,
  visit: TileVisitor,
): void {
  const threshold = dropThreshold(rate);
  const words0 = new Uint32Array(TILE_BLOCKS);
  const words1 = new Uint32Array(TILE_BLOCKS);
  const kept = new Uint8Array(TILE_ENTRIES);
  for (let start = 0; start < entries; start += TILE_ENTRIES) {
    threefry2x32(key0, key1, firstBlock + start / 4, step, words0, words1);
    for (let i = 0; i < TILE_BLOCKS; i++) {
      const word0 = words0[i];
      const word1 = words1[i];
      kept[i] = (word0 & 0xffff) >= threshold ? 1 : 0;
      kept[i + 64] = word0 >>> 16 >= threshold ? 1 : 0;
      kept[i + 128] = (word1 & 0xffff) >= threshold ? 1 : 0;
      kept[i + 192] = word1 >>> 16 >= threshold ? 1 : 0;
    }
    visit(start, kept);
  }
}
