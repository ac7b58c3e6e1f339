import type { Axes, Field } from "../../src/adapter.js";

/** A field of the contract's vectors. */
export interface Draw {
  readonly seed: number;
  readonly site: string;
  readonly step: number;
  readonly timestep?: number;
  readonly shape: readonly number[];
}

/** The vectors of section 10 of docs/mask-contract.md. */
export interface Vectors {
  readonly version: number;
  readonly sites: readonly { name: string; hash: string }[];
  readonly derived: readonly { seed: number; label: string; value: number }[];
  readonly rates: readonly { rate: number; threshold: number; gain: string }[];
  readonly shapes: readonly {
    field: Omit<Field, "draw">;
    target: readonly number[];
    batch?: number;
    shape: readonly number[];
  }[];
  readonly bernoulli: readonly (Draw & {
    threshold: number;
    first: string;
    kept: number;
    hash: string;
  })[];
  readonly uniform: readonly (Draw & { first: readonly string[]; hash: string })[];
  readonly normal: readonly (Draw & {
    uniforms: string;
    entries: Readonly<Record<string, number>>;
  })[];
  readonly grown: readonly (Draw & {
    rate: number;
    size: number;
    axes: Axes;
    first: string;
    kept: number;
    gain: string;
    hash: string;
  })[];
}

/** Reads the vectors out of the text of the document. */
export function readVectors(document: string): Vectors {
  return JSON.parse(document.split("```json\n")[1].split("```")[0]);
}

export const hex = (word: number): string => word.toString(16).padStart(8, "0");

/** The bits of a float32, as hexadecimal. */
export const floatBits = (value: number): string =>
  hex(new Uint32Array(Float32Array.of(value).buffer)[0]);

export const title = ({ seed, site, step, timestep, shape }: Draw): string =>
  `seed ${seed}, site "${site}", step ${step}${timestep === undefined ? "" : `, timestep ${timestep}`}, [${shape}]`;

/** FNV-1a of an array's bytes, as hexadecimal. */
export function hashOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hex(hash >>> 0);
}
