import { Arena } from "@dropoutkit/core";
import type { Sides } from "../Case.js";

export const MILLION: number = 2 ** 20;

/** Arrays of ones, and what they turn into. */
export interface Arrays {
  readonly x: Float32Array;
  readonly output: Float32Array;
}

/** Where core's arrays lie. */
export interface Place {
  readonly name: string;
  arrays(entries: number): Arrays;
}

/** Anywhere: the kernels copy through their scratch. */
const anywhere: Place = {
  name: "arrays anywhere",
  arrays: (entries) => ({
    x: new Float32Array(entries).fill(1),
    output: new Float32Array(entries),
  }),
};

/** In an arena of core's: the kernels work in place. */
const inArena: Place = {
  name: "arrays of an arena",
  arrays(entries) {
    const arena = new Arena({ bytes: 8 * entries });
    return { x: arena.float32(entries).fill(1), output: arena.float32(entries) };
  },
};

export const places: readonly Place[] = [anywhere, inArena];

export const COPY = "copy of the array";

/** What one plain copy of so many floats takes. */
export function copyOf(entries: number): Pick<Sides, "peer" | "dispose"> {
  const source = new Float32Array(entries).fill(1);
  const target = new Float32Array(entries);
  return { peer: () => target.set(source), dispose: () => {} };
}
