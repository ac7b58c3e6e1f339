import { LANES } from "./layout";
import { isPlain, selectAffine, selectZero } from "./select";

/** Lanes that a repeated row should fill, so that the loop over it is worth its start. */
const ROW_LANES: i32 = 256;

/**
 * `kept ? scale * x + shift : dropped` over values `[outer, rows, columns, inner]` whose field, bytes
 * `[outer, 1, columns, 1]`, is shared along rows and inner. `y` may be `x`; neither needs an alignment.
 */
export function selectShared(
  x: usize,
  y: usize,
  field: usize,
  outer: i32,
  rows: i32,
  columns: i32,
  inner: i32,
  scale: f32,
  shift: f32,
  dropped: f32,
): void {
  for (let a = 0; a < outer; a++) {
    if (inner === 1) {
      const lanes = repeatedRow(field, columns, rows);
      selectPeriodic(x, y, rows * columns, lanes, scale, shift, dropped);
    } else {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const offset = <usize>((row * columns + column) * inner) * 4;
          const kept = load<u8>(field + column) !== 0;
          selectRun(x + offset, y + offset, inner, kept, scale, shift, dropped);
        }
      }
    }
    const bytes = <usize>(rows * columns * inner) * 4;
    x += bytes;
    y += bytes;
    field += columns;
  }
}

/** Writes a row of the field as masks to LANES, a short one several times; returns the number of lanes. */
function repeatedRow(field: usize, columns: i32, rows: i32): i32 {
  // Four at a time; what the last four write past the row is written again, or not read.
  for (let column = 0; column < columns; column += 4) {
    const bytes = v128.load32_zero(field + column);
    const lanes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
    v128.store(LANES + <usize>column * 4, i32x4.neg(lanes));
  }
  if (columns >= ROW_LANES) return columns;
  // A multiple of 4 repetitions, so that whole vectors make up the row.
  const repetitions = min<i32>(rows, ((ROW_LANES / 4 + columns - 1) / columns) * 4);
  const row = <usize>columns * 4;
  const end = LANES + row * <usize>repetitions;
  for (let to = LANES + row; to < end; ) {
    const bytes = min<usize>(to - LANES, end - to);
    memory.copy(to, LANES, bytes);
    to += bytes;
  }
  return columns * repetitions;
}

/** A select by the masks of LANES, over and over. */
function selectPeriodic(
  x: usize,
  y: usize,
  entries: i32,
  lanes: i32,
  scale: f32,
  shift: f32,
  dropped: f32,
): void {
  const plain = isPlain(shift, dropped);
  const s = f32x4.splat(scale);
  const t = f32x4.splat(shift);
  const d = f32x4.splat(dropped);
  while (entries > 0) {
    const row = <usize>min<i32>(entries, lanes) * 4;
    const vectors = row & ~(<usize>15);
    if (plain) {
      selectRow(x, y, vectors, s);
    } else {
      for (let at: usize = 0; at < vectors; at += 16) {
        selectAffine(x + at, y + at, v128.load(LANES + at), s, t, d);
      }
    }
    for (let at = vectors; at < row; at += 4) {
      const kept = load<i32>(LANES + at) !== 0;
      store<f32>(y + at, kept ? load<f32>(x + at) * scale + shift : dropped);
    }
    x += row;
    y += row;
    entries -= lanes;
  }
}

/** The row with shift -0 and dropped 0. It is bound by the count of instructions, so four vectors share an address. */
function selectRow(x: usize, y: usize, bytes: usize, scale: v128): void {
  let at: usize = 0;
  for (; at + 64 <= bytes; at += 64) {
    const from = x + at;
    const to = y + at;
    const kept = LANES + at;
    v128.store(to, v128.and(v128.load(kept), f32x4.mul(v128.load(from), scale)));
    v128.store(to, v128.and(v128.load(kept, 16), f32x4.mul(v128.load(from, 16), scale)), 16);
    v128.store(to, v128.and(v128.load(kept, 32), f32x4.mul(v128.load(from, 32), scale)), 32);
    v128.store(to, v128.and(v128.load(kept, 48), f32x4.mul(v128.load(from, 48), scale)), 48);
  }
  for (; at < bytes; at += 16) selectZero(x + at, y + at, v128.load(LANES + at), scale);
}

/** One decision over consecutive floats. */
function selectRun(
  x: usize,
  y: usize,
  entries: i32,
  kept: bool,
  scale: f32,
  shift: f32,
  dropped: f32,
): void {
  const bytes = <usize>entries * 4;
  const vectors = bytes & ~(<usize>15);
  if (kept) {
    const s = f32x4.splat(scale);
    const t = f32x4.splat(shift);
    for (let at: usize = 0; at < vectors; at += 16) {
      v128.store(y + at, f32x4.add(f32x4.mul(v128.load(x + at), s), t));
    }
    for (let at = vectors; at < bytes; at += 4) {
      store<f32>(y + at, load<f32>(x + at) * scale + shift);
    }
  } else {
    const d = f32x4.splat(dropped);
    for (let at: usize = 0; at < vectors; at += 16) v128.store(y + at, d);
    for (let at = vectors; at < bytes; at += 4) store<f32>(y + at, dropped);
  }
}
