/*
 * The module's own memory: 64 kB from an address that it is given, be it in front of an arena's arrays or
 * amid what another module owns. These addresses and sizes are exported, so that they stand here alone.
 * Sizes are in bytes unless they say.
 */

/** Where the module's own memory starts; a multiple of 16. */
declare const BASE: usize;

/** Entries that 64 blocks of the generator decide (docs/mask-contract.md, section 3). */
export const TILE: i32 = 256;

/** What each of five key injections adds to both words: 5 x 2 vectors. */
export const KEYS: usize = BASE;

/** The words of a tile: its 64 first ones, then its 64 second ones. */
export const WORDS: usize = BASE + 256;

/** A part of a field, one byte an entry: kept (1) or dropped (0). */
export const FIELD: usize = WORDS + 512;
export const FIELD_ENTRIES: i32 = 4096;

/** The same as masks of 32-bit lanes: all ones where kept, all zeros where dropped. */
export const LANES: usize = FIELD + FIELD_ENTRIES;

/** What passes between the arrays of a caller and the kernels. */
export const CHUNK: usize = LANES + 4 * FIELD_ENTRIES;
export const CHUNK_FLOATS: i32 = 42 * TILE;

/** Where a page's free part begins. */
export const PAGE: usize = 65536;
