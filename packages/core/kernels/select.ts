import { LANES, TILE, WORDS } from "./layout";
import { drawBlocks } from "./threefry";

const LOW: i32 = 0xffff;

/** All ones in the lanes whose lower 16 bits are at least the threshold, which comes less 1. */
export function keptLow(words: v128, below: v128): v128 {
  return i32x4.gt_s(v128.and(words, i32x4.splat(LOW)), below);
}

/** All ones in the lanes whose upper 16 bits are at least the threshold, which comes less 1. */
export function keptHigh(words: v128, below: v128): v128 {
  return i32x4.gt_s(i32x4.shr_u(words, 16), below);
}

/** Whether shift is -0, which changes no sum, and dropped is 0. */
export function isPlain(shift: f32, dropped: f32): bool {
  return reinterpret<i32>(shift) === i32.MIN_VALUE && reinterpret<i32>(dropped) === 0;
}

/** Four lanes of a select with shift -0 and dropped 0: what dropout needs. */
export function selectZero(x: usize, y: usize, kept: v128, scale: v128): void {
  v128.store(y, v128.and(kept, f32x4.mul(v128.load(x), scale)));
}

export function selectAffine(
  x: usize,
  y: usize,
  kept: v128,
  scale: v128,
  shift: v128,
  dropped: v128,
): void {
  const value = f32x4.add(f32x4.mul(v128.load(x), scale), shift);
  v128.store(y, v128.bitselect(value, dropped, kept));
}

/** One tile with shift -0 and dropped 0: 16 blocks are drawn, then used, so that memory and arithmetic overlap. */
function tileZero(x: usize, y: usize, block: i32, threshold: i32, scale: f32): void {
  const below = i32x4.splat(threshold - 1);
  const s = f32x4.splat(scale);
  for (let quarter: usize = 0; quarter < 256; quarter += 64) {
    drawBlocks(WORDS, block);
    block += 16;
    for (let at = quarter; at < quarter + 64; at += 16) {
      const first = v128.load(WORDS - quarter + at);
      const second = v128.load(WORDS - quarter + at, 256);
      selectZero(x + at, y + at, keptLow(first, below), s);
      selectZero(x + at + 256, y + at + 256, keptHigh(first, below), s);
      selectZero(x + at + 512, y + at + 512, keptLow(second, below), s);
      selectZero(x + at + 768, y + at + 768, keptHigh(second, below), s);
    }
  }
}

/** The same with any shift and any constant for what is dropped. */
function tileAffine(
  x: usize,
  y: usize,
  block: i32,
  threshold: i32,
  scale: f32,
  shift: f32,
  dropped: f32,
): void {
  const below = i32x4.splat(threshold - 1);
  const s = f32x4.splat(scale);
  const t = f32x4.splat(shift);
  const d = f32x4.splat(dropped);
  for (let quarter: usize = 0; quarter < 256; quarter += 64) {
    drawBlocks(WORDS, block);
    block += 16;
    for (let at = quarter; at < quarter + 64; at += 16) {
      const first = v128.load(WORDS - quarter + at);
      const second = v128.load(WORDS - quarter + at, 256);
      selectAffine(x + at, y + at, keptLow(first, below), s, t, d);
      selectAffine(x + at + 256, y + at + 256, keptHigh(first, below), s, t, d);
      selectAffine(x + at + 512, y + at + 512, keptLow(second, below), s, t, d);
      selectAffine(x + at + 768, y + at + 768, keptHigh(second, below), s, t, d);
    }
  }
}

/**
 * `kept ? scale * x + shift : dropped` with a draw for each of `entries` floats, the first of them a
 * tile's first, at `block`. `y` may be `x`; neither needs an alignment.
 */
export function selectDense(
  x: usize,
  y: usize,
  entries: i32,
  block: i32,
  threshold: i32,
  scale: f32,
  shift: f32,
  dropped: f32,
): void {
  const plain = isPlain(shift, dropped);
  while (entries > 0) {
    const bytes = <usize>min<i32>(entries, TILE) * 4;
    const whole = entries >= TILE;
    // Whole tiles are computed: of the field's last one, what has no place in the arrays, beside them.
    const from = whole ? x : LANES;
    const to = whole ? y : LANES;
    if (!whole) memory.copy(LANES, x, bytes);
    if (plain) tileZero(from, to, block, threshold, scale);
    else tileAffine(from, to, block, threshold, scale, shift, dropped);
    if (!whole) memory.copy(y, LANES, bytes);
    x += bytes;
    y += bytes;
    block += TILE / 4;
    entries -= TILE;
  }
}
