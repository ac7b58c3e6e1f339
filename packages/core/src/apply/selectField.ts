import { chooseEngine } from "../engine/chooseEngine.js";
import { type Engine, type SelectTask, TILE_ENTRIES } from "../engine/Engine.js";
import { sizeOf } from "../field/fieldShape.js";
import { forEachBlock, forEachPiece } from "../field/sharedPieces.js";
import type { KeyWords } from "../key/noiseKey.js";
import type { Shape } from "../seam/seam.js";

/** `kept ? scale · x + shift : dropped` over a Bernoulli field that broadcasts to the values. */
export interface SelectOptions {
  readonly key: KeyWords;
  readonly shape: Shape;
  readonly fieldShape: Shape;
  /** Drops a 16-bit draw below this; an integer in [0, 65536]. */
  readonly threshold: number;
  /** Where the field starts; default block 0. */
  readonly firstBlock?: number;
  readonly scale: number;
  /** -0 where nothing is added: adding 0 would make 0 of a surviving -0. */
  readonly shift: number;
  readonly dropped: number;
}

/** Fills `output` from `x`; both have the shape's length and may be the same array. */
export function selectField(
  x: Float32Array,
  output: Float32Array,
  options: SelectOptions,
  engine: Engine = chooseEngine(x, output),
): void {
  if (x.length === 0) return;
  const { key, shape, fieldShape, threshold, firstBlock = 0 } = options;
  // Rounded here, so that all that computes it in float32 has the same bits.
  const scale = Math.fround(options.scale);
  const shift = Math.fround(options.shift);
  const dropped = Math.fround(options.dropped);
  const task = { x, output, key, threshold, firstBlock, scale, shift, dropped };
  if (sizeOf(fieldShape) === x.length) engine.selectDense(task);
  else selectShared(engine, task, shape, fieldShape);
}

/** The field is smaller than the values: few draws, and one pass over the values. */
function selectShared(engine: Engine, task: SelectTask, shape: Shape, fieldShape: Shape): void {
  const drawn = { start: 0, end: 0 };
  const most = engine.field.length;
  const limits = { values: engine.capacity, entries: most - TILE_ENTRIES };
  const fieldEntries = sizeOf(fieldShape);
  const draw = (start: number, entries: number): void => {
    if (start >= drawn.start && start + entries <= drawn.end) return;
    drawn.start = start - (start % TILE_ENTRIES);
    drawn.end = Math.min(drawn.start + most, fieldEntries);
    const tiles = Math.ceil((drawn.end - drawn.start) / TILE_ENTRIES);
    engine.drawField(task.key, task.threshold, task.firstBlock + drawn.start / 4, tiles);
  };
  forEachBlock(shape, fieldShape, (block) => {
    let at = 0;
    forEachPiece(
      block,
      limits,
      (start, entries) => {
        draw(start, entries);
        at = start - drawn.start;
      },
      (piece) => engine.selectShared(task, { ...piece, field: at }),
    );
  });
}
