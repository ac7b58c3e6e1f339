import { type DenseKernels, type DenseTile, MAX_TILE_WEIGHTS } from "../engine/DenseKernels.js";
import type { KeyWords } from "../key/noiseKey.js";

/** `kept ? scale · w + shift : 0` over the weights `[inputs, units]` of a product, for each of a batch. */
export interface DenseProduct {
  readonly batch: number;
  readonly inputs: number;
  readonly units: number;
  readonly key: KeyWords;
  readonly threshold: number;
  readonly scale: number;
  readonly shift: number;
}

/** Adds `x` `[batch, inputs]` times the masked `kernel` to `y` `[batch, units]`. */
export function addProduct(
  { x, kernel, y }: Readonly<Record<"x" | "kernel" | "y", Float32Array>>,
  product: DenseProduct,
  dense: DenseKernels,
): void {
  const { work } = dense;
  forEachTile(product, work.length, (tile, place) => {
    if (place.example === 0) loadWeights(work, tile, kernel, { product, place });
    const xs = { from: x, width: product.inputs, column: place.row, size: tile.rows };
    const ys = { from: y, width: product.units, column: place.column, size: tile.columns };
    gather(work, tile.x, xs, place.example, tile.examples);
    gather(work, tile.y, ys, place.example, tile.examples);
    dense.forward(tile);
    scatter(work, tile.y, ys, place.example, tile.examples);
  });
}

/** Adds to `dx` and `dkernel` the gradients of `addProduct` by `x` and `kernel`, with `dy` that of `y`. */
export function addProductGradients(
  {
    x,
    kernel,
    dy,
    dx,
    dkernel,
  }: Readonly<Record<"x" | "kernel" | "dy" | "dx" | "dkernel", Float32Array>>,
  product: DenseProduct,
  dense: DenseKernels,
): void {
  const { work } = dense;
  const { batch, inputs, units, scale } = product;
  forEachTile(product, work.length, (tile, place) => {
    const weights = tile.rows * tile.columns;
    if (place.example === 0) {
      loadWeights(work, tile, kernel, { product, place });
      work.fill(0, tile.gradients, tile.gradients + weights);
    }
    const xs = { from: x, width: inputs, column: place.row, size: tile.rows };
    const dxs = { ...xs, from: dx };
    const dys = { from: dy, width: units, column: place.column, size: tile.columns };
    gather(work, tile.x, xs, place.example, tile.examples);
    gather(work, tile.dx, dxs, place.example, tile.examples);
    gather(work, tile.y, dys, place.example, tile.examples);
    dense.backward(tile);
    scatter(work, tile.dx, dxs, place.example, tile.examples);
    if (place.example + tile.examples === batch) {
      const at = place.row * units + place.column;
      for (let i = 0; i < weights; i++) dkernel[at + i] += scale * work[tile.gradients + i];
    }
  });
}

interface TilePlace {
  readonly row: number;
  readonly column: number;
  readonly example: number;
}

/**
 * Cuts the weights into tiles that are consecutive, as their masks then are in the field: whole rows,
 * or a part of one. For each, visits the batch in parts; sums over rows and examples keep their order.
 */
function forEachTile(
  { batch, inputs, units, key, threshold }: DenseProduct,
  floats: number,
  visit: (tile: DenseTile, place: TilePlace) => void,
): void {
  const columns = Math.min(units, MAX_TILE_WEIGHTS);
  const rows = columns < units ? 1 : Math.min(inputs, Math.floor(MAX_TILE_WEIGHTS / columns));
  const [weights, gradients, x] = [0, MAX_TILE_WEIGHTS, 2 * MAX_TILE_WEIGHTS];
  const examples = Math.min(batch, Math.floor((floats - x) / (2 * rows + columns)));
  const [dx, y] = [x + examples * rows, x + 2 * examples * rows];
  const stride = inputs * units;
  for (let row = 0; row < inputs; row += rows) {
    for (let column = 0; column < units; column += columns) {
      for (let example = 0; example < batch; example += examples) {
        visit(
          {
            ...{ weights, gradients, x, dx, y, key, threshold, stride },
            examples: Math.min(examples, batch - example),
            rows: Math.min(rows, inputs - row),
            columns: Math.min(columns, units - column),
            entry: example * stride + row * units + column,
          },
          { row, column, example },
        );
      }
    }
  }
}

function loadWeights(
  work: Float32Array,
  { weights, rows, columns }: DenseTile,
  kernel: Float32Array,
  { product: { units, scale, shift }, place }: { product: DenseProduct; place: TilePlace },
): void {
  const at = place.row * units + place.column;
  for (let i = 0; i < rows * columns; i++) {
    work[weights + i] = Math.fround(scale * kernel[at + i]) + shift;
  }
}

/** Columns `column ... column + size - 1` of a matrix of this width. */
interface Columns {
  readonly from: Float32Array;
  readonly width: number;
  readonly column: number;
  readonly size: number;
}

function gather(
  work: Float32Array,
  to: number,
  { from, width, column, size }: Columns,
  example: number,
  examples: number,
): void {
  if (size === width) {
    work.set(from.subarray(example * width, (example + examples) * width), to);
    return;
  }
  for (let e = 0; e < examples; e++) {
    const at = (example + e) * width + column;
    for (let i = 0; i < size; i++) work[to + e * size + i] = from[at + i];
  }
}

function scatter(
  work: Float32Array,
  at: number,
  { from: to, width, column, size }: Columns,
  example: number,
  examples: number,
): void {
  if (size === width) {
    to.set(work.subarray(at, at + examples * width), example * width);
    return;
  }
  for (let e = 0; e < examples; e++) {
    const start = (example + e) * width + column;
    for (let i = 0; i < size; i++) to[start + i] = work[at + e * size + i];
  }
}
