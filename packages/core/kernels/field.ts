import { TILE, WORDS } from "./layout";
import { keptHigh, keptLow } from "./select";
import { drawWords } from "./threefry";

/** Whole tiles of a Bernoulli field, one byte an entry: 1 kept, 0 dropped. */
export function fieldBytes(to: usize, tiles: i32, block: i32, threshold: i32): void {
  const below = i32x4.splat(threshold - 1);
  for (let tile = 0; tile < tiles; tile++) {
    drawWords(WORDS, block + tile * (TILE / 4), 1);
    for (let at: usize = 0; at < 64; at += 16) {
      const first = WORDS + 4 * at;
      const second = first + 256;
      const bytes = to + at;
      v128.store(
        bytes,
        narrow(
          lowOf(first, 0, below),
          lowOf(first, 16, below),
          lowOf(first, 32, below),
          lowOf(first, 48, below),
        ),
      );
      v128.store(
        bytes + 64,
        narrow(
          highOf(first, 0, below),
          highOf(first, 16, below),
          highOf(first, 32, below),
          highOf(first, 48, below),
        ),
      );
      v128.store(
        bytes + 128,
        narrow(
          lowOf(second, 0, below),
          lowOf(second, 16, below),
          lowOf(second, 32, below),
          lowOf(second, 48, below),
        ),
      );
      v128.store(
        bytes + 192,
        narrow(
          highOf(second, 0, below),
          highOf(second, 16, below),
          highOf(second, 32, below),
          highOf(second, 48, below),
        ),
      );
    }
    to += TILE;
  }
}

function lowOf(words: usize, offset: usize, below: v128): v128 {
  return keptLow(v128.load(words + offset), below);
}

function highOf(words: usize, offset: usize, below: v128): v128 {
  return keptHigh(v128.load(words + offset), below);
}

/** Four masks of four lanes as 16 bytes 1 or 0. */
function narrow(a: v128, b: v128, c: v128, d: v128): v128 {
  const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
  return v128.and(bytes, i8x16.splat(1));
}

/** Whole tiles of a Bernoulli field as masks of 32-bit lanes. */
export function fieldLanes(to: usize, tiles: i32, block: i32, threshold: i32): void {
  const below = i32x4.splat(threshold - 1);
  for (let tile = 0; tile < tiles; tile++) {
    drawWords(WORDS, block + tile * (TILE / 4), 1);
    for (let at: usize = 0; at < 256; at += 16) {
      const first = v128.load(WORDS + at);
      const second = v128.load(WORDS + at, 256);
      v128.store(to + at, keptLow(first, below));
      v128.store(to + at, keptHigh(first, below), 256);
      v128.store(to + at, keptLow(second, below), 512);
      v128.store(to + at, keptHigh(second, below), 768);
    }
    to += 4 * TILE;
  }
}

/** Whole tiles (128 entries) of a uniform field: odd multiples of 2^-24 (docs/mask-contract.md, section 4). */
export function fieldUniform(to: usize, tiles: i32, block: i32): void {
  // Words in their order are the field in its order: drawn in place, then converted.
  drawWords(to, block, tiles);
  const half = f32x4.splat(0.5);
  const unit = f32x4.splat(1.0 / 8388608.0);
  for (const end = to + <usize>tiles * 512; to < end; to += 16) {
    const upper = f32x4.convert_i32x4_s(i32x4.shr_u(v128.load(to), 9));
    v128.store(to, f32x4.mul(f32x4.add(upper, half), unit));
  }
}
