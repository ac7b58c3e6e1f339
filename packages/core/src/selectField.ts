import { forEachTile, TILE_ENTRIES } from "./bernoulli.js";
import { sizeOf } from "./fieldShape.js";
import type { KeyWords } from "./noiseKey.js";
import type { Shape } from "./seam.js";

/** `kept ? scale · x + shift : dropped` over a Bernoulli field that broadcasts to the values. */
export interface SelectOptions {
  readonly key: KeyWords;
  readonly shape: Shape;
  readonly fieldShape: Shape;
  readonly rate: number;
  readonly scale: number;
  readonly shift: number;
  readonly dropped: number;
}

/** Fills `output` from `x`; both have the shape's length and may be the same array. */
export function selectField(x: Float32Array, output: Float32Array, options: SelectOptions): void {
  const entries = sizeOf(options.fieldShape);
  if (entries === x.length) selectDense(x, output, options);
  else selectShared(x, output, options);
}

/** Picks by bit masks: a branch on noise is mispredicted so often that it doubles the time. */
function selectDense(
  x: Float32Array,
  output: Float32Array,
  { key, rate, scale, shift, dropped }: SelectOptions,
): void {
  const bits = new Int32Array(output.buffer, output.byteOffset, output.length);
  const droppedBits = new Int32Array(Float32Array.of(dropped).buffer)[0];
  forEachTile(key, { entries: x.length, rate }, (start, kept) => {
    const end = Math.min(start + TILE_ENTRIES, x.length);
    for (let i = start; i < end; i++) output[i] = Math.fround(scale * x[i]) + shift;
    for (let i = start; i < end; i++) {
      const mask = 0 - kept[i - start];
      bits[i] = (bits[i] & mask) | (droppedBits & ~mask);
    }
  });
}

/** The field is smaller than the values: draw it whole, then walk the values with the field's strides. */
function selectShared(x: Float32Array, output: Float32Array, options: SelectOptions): void {
  const { key, shape, fieldShape, rate, scale, shift, dropped } = options;
  const mask = new Uint8Array(sizeOf(fieldShape));
  forEachTile(key, { entries: mask.length, rate }, (start, kept) => {
    mask.set(kept.subarray(0, mask.length - start), start);
  });
  const walk = (axis: number, start: number, fieldStart: number): void => {
    if (axis === shape.length) {
      output[start] = mask[fieldStart] === 1 ? Math.fround(scale * x[start]) + shift : dropped;
      return;
    }
    const stride = sizeOf(shape.slice(axis + 1));
    const fieldStride = fieldShape[axis] === 1 ? 0 : sizeOf(fieldShape.slice(axis + 1));
    for (let i = 0; i < shape[axis]; i++)
      walk(axis + 1, start + i * stride, fieldStart + i * fieldStride);
  };
  walk(0, 0, 0);
}
