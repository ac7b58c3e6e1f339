import type { NoiseKey } from "../../src/adapter.js";
import { drawMask } from "../../src/index.js";

/** Where a field comes from. */
export interface Origin extends NoiseKey {
  readonly timestep?: number;
}

/** Draws the first `entries` decisions of a field, 1 kept, 0 dropped, at `threshold / 65536`. */
export type Draw = (origin: Origin, threshold: number, entries: number) => Uint8Array;

/** What core draws. */
export const coreDraw: Draw = (origin, threshold, entries) =>
  drawMask({ ...origin, shape: [entries], rate: threshold / 65536 });

export const origin: Origin = { seed: 1, site: "dense/activation", step: 0 };

/** A rate of one half: a decision is one fair bit. */
export const HALF = 32768;

/** How many of a field's decisions are 1. */
export function countKept(field: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < field.length; i++) count += field[i];
  return count;
}
