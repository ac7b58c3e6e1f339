import { type Engine, type SelectTask, TILE_ENTRIES } from "./Engine.js";
import type { Kernels } from "./kernels.js";

/** Blocks of a tile, and what they decide of a uniform field: an entry a word. */
const TILE_BLOCKS = 64;
const UNIFORM_TILE = 2 * TILE_BLOCKS;

/** Gives work the addresses of some of a task's values, from `start` on, in the kernels' memory. */
type Pass = (
  task: SelectTask,
  start: number,
  entries: number,
  work: (x: number, y: number) => void,
) => void;

/** Draws and selects in WASM, for arrays anywhere: values are copied to the kernels' chunk and back. */
export function scratchEngine(kernels: Kernels): Engine {
  const { chunk } = kernels;
  return wasmEngine(kernels, chunk.length, ({ x, output }, start, entries, work) => {
    chunk.set(entries === x.length ? x : x.subarray(start, start + entries));
    work(chunk.byteOffset, chunk.byteOffset);
    output.set(entries === chunk.length ? chunk : chunk.subarray(0, entries), start);
  });
}

/** Draws and selects in WASM, for arrays in the kernels' own memory: nothing is copied. */
export function memoryEngine(kernels: Kernels): Engine {
  return wasmEngine(kernels, Number.POSITIVE_INFINITY, ({ x, output }, start, _entries, work) => {
    work(x.byteOffset + 4 * start, output.byteOffset + 4 * start);
  });
}

function wasmEngine(kernels: Kernels, capacity: number, pass: Pass): Engine {
  const { field, chunk } = kernels;
  return {
    capacity,
    field,
    drawField({ key0, key1, step }, threshold, block, tiles) {
      kernels.setKey(key0, key1, step);
      kernels.fieldBytes(field.byteOffset, tiles, block, threshold);
    },
    drawUniform({ key0, key1, step }, firstBlock, output) {
      kernels.setKey(key0, key1, step);
      for (let start = 0; start < output.length; start += chunk.length) {
        const entries = Math.min(chunk.length, output.length - start);
        const tiles = Math.ceil(entries / UNIFORM_TILE);
        kernels.fieldUniform(chunk.byteOffset, tiles, firstBlock + start / 2);
        output.set(chunk.subarray(0, entries), start);
      }
    },
    selectDense(task) {
      const { threshold, firstBlock, scale, shift, dropped } = task;
      const { key0, key1, step } = task.key;
      kernels.setKey(key0, key1, step);
      for (let start = 0; start < task.x.length; start += capacity) {
        const entries = Math.min(capacity, task.x.length - start);
        const block = firstBlock + start / (TILE_ENTRIES / TILE_BLOCKS);
        pass(task, start, entries, (x, y) =>
          kernels.selectDense(x, y, entries, block, threshold, scale, shift, dropped),
        );
      }
    },
    selectShared(task, { start, field: from, outer, rows, columns, inner }) {
      const { scale, shift, dropped } = task;
      const bytes = field.byteOffset + from;
      pass(task, start, outer * rows * columns * inner, (x, y) =>
        kernels.selectShared(x, y, bytes, outer, rows, columns, inner, scale, shift, dropped),
      );
    },
  };
}
