import { type Shape, sizeOf, type Tensor } from "@dropoutkit/core/adapter";
import type { Tile } from "./MaskView.js";
import type { PlannedField } from "./PlannedField.js";

/** Units of a DropConnect layer whose weights are shown. */
const SHOWN_UNITS = 12;

/**
 * The rectangles of a field.
 * @param draws Of an example, or of weights; one for each time that the field is drawn.
 */
export function tilesOf(
  { part, target: [, ...sizes], channels, timesteps }: PlannedField,
  draws: readonly Tensor[],
): Tile[] {
  const [first] = draws;
  if (part.at === "kernel") return unitsOf(first);
  if (timesteps !== undefined) return [sequenceOf(draws, timesteps)];
  if (sizes.length === 2) return [spread(first, sizes)];
  return sizes.length === 3 ? mapsOf(first, { sizes, channels }) : [squareOf(first.data)];
}

/** The factors of some units' incoming weights, a tile for each unit. */
function unitsOf({ shape: [inputs, units], data }: Tensor): Tile[] {
  return Array.from({ length: Math.min(SHOWN_UNITS, units) }, (_, unit) =>
    squareOf(Float32Array.from({ length: inputs }, (_, input) => data[input * units + unit])),
  );
}

function squareOf(factors: ArrayLike<number>): Tile {
  const columns = Math.ceil(Math.sqrt(factors.length));
  const rows = Math.ceil(factors.length / columns);
  return { rows, columns, factors: Float32Array.from(factors) };
}

/** Time goes downwards; what is drawn once is the same in all rows. */
function sequenceOf(draws: readonly Tensor[], rows: number): Tile {
  const columns = sizeOf(draws[0].shape);
  const factors = new Float32Array(rows * columns);
  for (let time = 0; time < rows; time++) {
    factors.set(draws[time % draws.length].data, time * columns);
  }
  return { rows, columns, factors };
}

/** A tile for each channel. */
function mapsOf(
  field: Tensor,
  { sizes, channels }: { readonly sizes: Shape } & Pick<PlannedField, "channels">,
): Tile[] {
  const isLast = channels === "last";
  const [rows, columns] = isLast ? sizes : sizes.slice(1);
  const count = isLast ? sizes[2] : sizes[0];
  const { factors } = spread(field, sizes);
  const pixels = rows * columns;
  return Array.from({ length: count }, (_, channel) => ({
    rows,
    columns,
    factors: Float32Array.from(
      { length: pixels },
      (_, pixel) => factors[isLast ? pixel * count + channel : channel * pixels + pixel],
    ),
  }));
}

/** A field of `[rows, ...]` at its full sizes: along an axis of size 1 one entry serves all. */
function spread({ shape, data }: Tensor, sizes: Shape): Tile {
  const factors = Float32Array.from({ length: sizeOf(sizes) }, (_, entry) => {
    let [rest, stride, at] = [entry, 1, 0];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      if (shape[axis] > 1) at += (rest % sizes[axis]) * stride;
      stride *= shape[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    return data[at];
  });
  return { rows: sizes[0], columns: sizeOf(sizes.slice(1)), factors };
}
