import { fieldLanes } from "./field";
import { LANES, TILE } from "./layout";

/** All ones where a kept place of the field is; entry i of the part that `drawPart` drew stands at 4 i. */
let part: usize = LANES;

/** Draws `entries` entries of a field, from entry `skip` of a tile on. */
function drawPart(tile: i32, skip: i32, entries: i32, threshold: i32): void {
  fieldLanes(LANES, (skip + entries + TILE - 1) / TILE, tile * (TILE / 4), threshold);
  part = LANES + <usize>skip * 4;
}

/**
 * Adds to `y`, `[examples, columns]`, the product of `x`, `[examples, rows]`, with weights `[rows, columns]`
 * that each example has a mask of its own for. The first example's masks start at entry `skip` of a tile
 * of the field, and the next one's `stride` entries (whole tiles, and the rest) further on.
 */
export function denseForward(
  x: usize,
  w: usize,
  y: usize,
  examples: i32,
  rows: i32,
  columns: i32,
  tile: i32,
  skip: i32,
  strideTiles: i32,
  strideRest: i32,
  threshold: i32,
): void {
  const row = <usize>columns * 4;
  for (let example = 0; example < examples; example++) {
    drawPart(tile, skip, rows * columns, threshold);
    let i = 0;
    for (; i + 4 <= rows; i += 4) {
      const at = <usize>(i * columns) * 4;
      addFourRows(x + <usize>i * 4, w + at, part + at, y, row);
    }
    for (; i < rows; i++) {
      const at = <usize>(i * columns) * 4;
      addRow(load<f32>(x + <usize>i * 4), w + at, part + at, y, row);
    }
    x += <usize>rows * 4;
    y += row;
    skip += strideRest;
    tile += strideTiles + skip / TILE;
    skip %= TILE;
  }
}

/** Four rows at a time: the sums are loaded and stored once. They are added in their order. */
function addFourRows(x: usize, w: usize, kept: usize, y: usize, row: usize): void {
  const x0 = v128.load32_splat(x);
  const x1 = v128.load32_splat(x, 4);
  const x2 = v128.load32_splat(x, 8);
  const x3 = v128.load32_splat(x, 12);
  const vectors = row & ~(<usize>15);
  for (let at: usize = 0; at < vectors; at += 16) {
    let sum = v128.load(y + at);
    sum = f32x4.add(sum, f32x4.mul(x0, masked(w + at, kept + at)));
    sum = f32x4.add(sum, f32x4.mul(x1, masked(w + row + at, kept + row + at)));
    sum = f32x4.add(sum, f32x4.mul(x2, masked(w + 2 * row + at, kept + 2 * row + at)));
    sum = f32x4.add(sum, f32x4.mul(x3, masked(w + 3 * row + at, kept + 3 * row + at)));
    v128.store(y + at, sum);
  }
  for (let i: usize = 0; i < 4; i++) {
    const offset = i * row + vectors;
    addRow(load<f32>(x + 4 * i), w + offset, kept + offset, y + vectors, row - vectors);
  }
}

function addRow(x: f32, w: usize, kept: usize, y: usize, row: usize): void {
  const xs = f32x4.splat(x);
  const vectors = row & ~(<usize>15);
  for (let at: usize = 0; at < vectors; at += 16) {
    const product = f32x4.mul(xs, masked(w + at, kept + at));
    v128.store(y + at, f32x4.add(v128.load(y + at), product));
  }
  for (let at = vectors; at < row; at += 4) {
    store<f32>(y + at, load<f32>(y + at) + x * maskedOne(w + at, kept + at));
  }
}

/**
 * The gradients of `denseForward`: adds `dy` times the masked weights to `dx`, `[examples, rows]`, and
 * `x` times `dy`, where the example's mask keeps, to `dw`, `[rows, columns]`.
 */
export function denseBackward(
  x: usize,
  w: usize,
  dy: usize,
  dx: usize,
  dw: usize,
  examples: i32,
  rows: i32,
  columns: i32,
  tile: i32,
  skip: i32,
  strideTiles: i32,
  strideRest: i32,
  threshold: i32,
): void {
  const row = <usize>columns * 4;
  for (let example = 0; example < examples; example++) {
    drawPart(tile, skip, rows * columns, threshold);
    for (let i = 0; i < rows; i++) {
      const at = <usize>(i * columns) * 4;
      const sum = backwardRow(load<f32>(x), w + at, part + at, dy, dw + at, row);
      store<f32>(dx, load<f32>(dx) + sum);
      x += 4;
      dx += 4;
    }
    dy += row;
    skip += strideRest;
    tile += strideTiles + skip / TILE;
    skip %= TILE;
  }
}

function backwardRow(x: f32, w: usize, kept: usize, dy: usize, dw: usize, row: usize): f32 {
  const xs = f32x4.splat(x);
  const vectors = row & ~(<usize>15);
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < vectors; at += 16) {
    const mask = v128.load(kept + at);
    const gradient = v128.load(dy + at);
    sums = f32x4.add(sums, f32x4.mul(gradient, v128.and(v128.load(w + at), mask)));
    const product = v128.and(f32x4.mul(xs, gradient), mask);
    v128.store(dw + at, f32x4.add(v128.load(dw + at), product));
  }
  let sum =
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 1) +
    f32x4.extract_lane(sums, 2) +
    f32x4.extract_lane(sums, 3);
  for (let at = vectors; at < row; at += 4) {
    const gradient = load<f32>(dy + at);
    sum += gradient * maskedOne(w + at, kept + at);
    if (load<i32>(kept + at) !== 0) store<f32>(dw + at, load<f32>(dw + at) + x * gradient);
  }
  return sum;
}

/** Weights where kept, zeros elsewhere: selected, so that an infinite weight vanishes where it is dropped. */
function masked(w: usize, kept: usize): v128 {
  return v128.and(v128.load(w), v128.load(kept));
}

function maskedOne(w: usize, kept: usize): f32 {
  return reinterpret<f32>(load<i32>(w) & load<i32>(kept));
}
