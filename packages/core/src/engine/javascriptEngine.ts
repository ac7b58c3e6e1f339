import type { KeyWords } from "../key/noiseKey.js";
import { threefry2x32 } from "../key/threefry.js";
import { type Engine, type SelectTask, type SharedPiece, TILE_ENTRIES } from "./Engine.js";

const BLOCKS = 64;
const words0 = new Int32Array(BLOCKS);
const words1 = new Int32Array(BLOCKS);
const field = new Uint8Array(16 * TILE_ENTRIES);

/** What a draw picks from, dropped first. A branch on noise is mispredicted so often that it costs twice as much. */
const choice = new Float64Array(2);

/** Draws and selects without WebAssembly. */
export const javascriptEngine: Engine = {
  capacity: Number.POSITIVE_INFINITY,
  field,
  drawField,
  drawUniform,
  selectDense,
  selectShared,
};

function drawField(
  { key0, key1, step }: KeyWords,
  threshold: number,
  block: number,
  tiles: number,
) {
  for (let at = 0; at < tiles * TILE_ENTRIES; at += TILE_ENTRIES) {
    threefry2x32(key0, key1, block + at / 4, step, words0, words1);
    for (let i = 0; i < BLOCKS; i++) {
      const word0 = words0[i];
      const word1 = words1[i];
      field[at + i] = isKept(word0 & 0xffff, threshold);
      field[at + i + 64] = isKept(word0 >>> 16, threshold);
      field[at + i + 128] = isKept(word1 & 0xffff, threshold);
      field[at + i + 192] = isKept(word1 >>> 16, threshold);
    }
  }
}

function drawUniform({ key0, key1, step }: KeyWords, firstBlock: number, output: Float32Array) {
  for (let start = 0; start < output.length; start += 2 * BLOCKS) {
    threefry2x32(key0, key1, firstBlock + start / 2, step, words0, words1);
    // A typed array ignores what is written past its end: the last tile needs no bound.
    for (let i = 0; i < BLOCKS; i++) {
      output[start + i] = unit(words0[i]);
      output[start + i + BLOCKS] = unit(words1[i]);
    }
  }
}

/** The word's upper 23 bits and a half: 24 significant bits, so exact in a float32 (with 24 and a half, 1 could come out). */
function unit(word: number): number {
  return ((word >>> 9) + 0.5) * 2 ** -23;
}

function selectDense(task: SelectTask): void {
  const { x, output, key, threshold, firstBlock, scale, shift, dropped } = task;
  const { key0, key1, step } = key;
  const whole = x.length - (x.length % TILE_ENTRIES);
  choice[0] = dropped;
  for (let start = 0; start < whole; start += TILE_ENTRIES) {
    threefry2x32(key0, key1, firstBlock + start / 4, step, words0, words1);
    for (let i = 0; i < BLOCKS; i++) {
      const at = start + i;
      const word0 = words0[i];
      const word1 = words1[i];
      choice[1] = Math.fround(scale * x[at]) + shift;
      output[at] = choice[isKept(word0 & 0xffff, threshold)];
      choice[1] = Math.fround(scale * x[at + 64]) + shift;
      output[at + 64] = choice[isKept(word0 >>> 16, threshold)];
      choice[1] = Math.fround(scale * x[at + 128]) + shift;
      output[at + 128] = choice[isKept(word1 & 0xffff, threshold)];
      choice[1] = Math.fround(scale * x[at + 192]) + shift;
      output[at + 192] = choice[isKept(word1 >>> 16, threshold)];
    }
  }
  if (whole === x.length) return;
  drawField(key, threshold, firstBlock + whole / 4, 1);
  const columns = x.length - whole;
  selectShared(task, { start: whole, field: 0, outer: 1, rows: 1, columns, inner: 1 });
}

/** 1 if a 16-bit draw is at least the threshold, else 0; by the sign of a difference, without a branch. */
function isKept(draw: number, threshold: number): number {
  return 1 + ((draw - threshold) >> 31);
}

function selectShared(
  { x, output, scale, shift, dropped }: SelectTask,
  { start, field: from, outer, rows, columns, inner }: SharedPiece,
): void {
  choice[0] = dropped;
  let at = start;
  for (let a = 0; a < outer; a++) {
    const row = from + a * columns;
    for (let r = 0; r < rows; r++) {
      if (inner === 1) {
        for (let c = 0; c < columns; c++, at++) {
          choice[1] = Math.fround(scale * x[at]) + shift;
          output[at] = choice[field[row + c]];
        }
        continue;
      }
      for (let c = 0; c < columns; c++) {
        const end = at + inner;
        if (field[row + c] === 0) output.fill(dropped, at, end);
        else for (let i = at; i < end; i++) output[i] = Math.fround(scale * x[i]) + shift;
        at = end;
      }
    }
  }
}
