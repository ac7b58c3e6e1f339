import type { DenseKernels, DenseTile } from "./DenseKernels.js";
import { TILE_ENTRIES } from "./Engine.js";
import type { Kernels } from "./kernels.js";

/** Tiles of a product in WASM; they lie in the kernels' chunk. */
export function wasmDense(kernels: Kernels): DenseKernels {
  const work = kernels.chunk;
  const address = (float: number): number => work.byteOffset + 4 * float;
  return {
    work,
    forward(tile) {
      const { examples, rows, columns, threshold } = tile;
      setKey(kernels, tile);
      kernels.denseForward(
        address(tile.x),
        address(tile.weights),
        address(tile.y),
        examples,
        rows,
        columns,
        Math.floor(tile.entry / TILE_ENTRIES),
        tile.entry % TILE_ENTRIES,
        Math.floor(tile.stride / TILE_ENTRIES),
        tile.stride % TILE_ENTRIES,
        threshold,
      );
    },
    backward(tile) {
      const { examples, rows, columns, threshold } = tile;
      setKey(kernels, tile);
      kernels.denseBackward(
        address(tile.x),
        address(tile.weights),
        address(tile.y),
        address(tile.dx),
        address(tile.gradients),
        examples,
        rows,
        columns,
        Math.floor(tile.entry / TILE_ENTRIES),
        tile.entry % TILE_ENTRIES,
        Math.floor(tile.stride / TILE_ENTRIES),
        tile.stride % TILE_ENTRIES,
        threshold,
      );
    },
  };
}

function setKey(kernels: Kernels, { key: { key0, key1, step } }: DenseTile): void {
  kernels.setKey(key0, key1, step);
}
