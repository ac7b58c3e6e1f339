import type { SharedPiece } from "../engine/Engine.js";
import type { Shape } from "../seam/seam.js";
import { sizeOf } from "./fieldShape.js";

/** Values `[outer, rows, columns, inner]` over entries `[outer, 1, columns, 1]` of a field. */
export interface SharedBlock {
  readonly start: number;
  readonly fieldStart: number;
  readonly outer: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/** Adjacent axes along which a field has a draw for each entry, or one draw for all. */
interface Run {
  readonly size: number;
  readonly isShared: boolean;
}

/** Visits the blocks that values consist of; most fields, spatial and variational ones too, make a single one. */
export function forEachBlock(
  shape: Shape,
  fieldShape: Shape,
  visit: (block: SharedBlock) => void,
): void {
  const runs = collapse(shape, fieldShape);
  const take = (isShared: boolean): number =>
    runs.at(-1)?.isShared === isShared ? (runs.pop()?.size ?? 1) : 1;
  const inner = take(true);
  const columns = take(false);
  const rows = take(true);
  const outer = take(false);
  const walk = (axis: number, start: number, fieldStart: number): void => {
    if (axis === runs.length) {
      visit({ start, fieldStart, outer, rows, columns, inner });
      return;
    }
    const rest = runs.slice(axis + 1);
    const stride = outer * rows * columns * inner * sizeOf(rest.map(({ size }) => size));
    const fieldStride =
      outer * columns * sizeOf(rest.map(({ size, isShared }) => (isShared ? 1 : size)));
    for (let i = 0; i < runs[axis].size; i++) {
      walk(axis + 1, start + i * stride, fieldStart + (runs[axis].isShared ? 0 : i * fieldStride));
    }
  };
  walk(0, 0, 0);
}

function collapse(shape: Shape, fieldShape: Shape): Run[] {
  const runs: Run[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const isShared = fieldShape[axis] === 1;
    const last = runs.at(-1);
    if (last?.isShared === isShared) runs[runs.length - 1] = { size: last.size * size, isShared };
    else runs.push({ size, isShared });
  });
  return runs;
}

/** What a piece may have: values that are computed at a time, entries of the field that are drawn at a time. */
interface PieceLimits {
  readonly values: number;
  readonly entries: number;
}

/**
 * Cuts a block into pieces of consecutive values. `draw` is called for entries of the field, from
 * `start` on, before `visit` for the pieces that read them: each entry of a block is drawn once.
 */
export function forEachPiece(
  block: SharedBlock,
  limits: PieceLimits,
  draw: (start: number, entries: number) => void,
  visit: (piece: SharedPiece) => void,
): void {
  const { outer, rows, columns, inner } = block;
  const size = pieceSize(block, limits);
  for (let a = 0; a < outer; a += size.outer) {
    for (let c = 0; c < columns; c += size.columns) {
      const drawn = {
        outer: Math.min(size.outer, outer - a),
        columns: Math.min(size.columns, columns - c),
      };
      draw(block.fieldStart + a * columns + c, drawn.outer * drawn.columns);
      for (let r = 0; r < rows; r += size.rows) {
        for (let s = 0; s < inner; s += size.inner) {
          visit({
            ...drawn,
            start: block.start + ((a * rows + r) * columns + c) * inner + s,
            field: 0,
            rows: Math.min(size.rows, rows - r),
            inner: Math.min(size.inner, inner - s),
          });
        }
      }
    }
  }
}

/** As many values as the limits allow, in whole rows, or parts of one column. */
function pieceSize(
  { outer, rows, columns, inner }: SharedBlock,
  { values, entries }: PieceLimits,
): Pick<SharedPiece, "outer" | "rows" | "columns" | "inner"> {
  if (columns <= entries && rows * columns * inner <= values) {
    const most = Math.min(values / (rows * columns * inner), entries / columns);
    return { outer: Math.min(outer, Math.floor(most)), rows, columns, inner };
  }
  if (columns <= entries && columns * inner <= values) {
    return {
      outer: 1,
      rows: Math.min(rows, Math.floor(values / (columns * inner))),
      columns,
      inner,
    };
  }
  if (inner <= values) {
    const most = Math.min(entries, Math.floor(values / inner));
    return { outer: 1, rows: 1, columns: Math.min(columns, most), inner };
  }
  return { outer: 1, rows: 1, columns: 1, inner: values };
}
