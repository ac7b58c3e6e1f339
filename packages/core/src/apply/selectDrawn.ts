import type { NumericSelect } from "../seam/fusedSelect.js";

/** A mask that was drawn before, a byte a value, and what it picks from. */
interface DrawnSelect extends NumericSelect {
  readonly mask: ArrayLike<number>;
}

/** Fills `output` with `kept ? scale · x + shift : dropped`; it may be `x` itself. */
export function selectDrawn(x: Float32Array, output: Float32Array, select: DrawnSelect): void {
  const { mask, scale, shift } = select;
  // Picked by index: a branch on noise is mispredicted so often that it costs twice as much.
  const choice = Float64Array.of(select.dropped, 0);
  for (let i = 0; i < x.length; i++) {
    choice[1] = Math.fround(scale * x[i]) + shift;
    output[i] = choice[mask[i]];
  }
}
