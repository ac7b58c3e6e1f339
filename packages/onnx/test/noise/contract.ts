import { readFileSync } from "node:fs";

/** A row of the mask contract's vectors: what a field is a function of, and what it is. */
interface Row {
  readonly seed: number;
  readonly site: string;
  readonly step: number;
  readonly timestep?: number;
  readonly shape: readonly number[];
}

/** The vectors of fields in docs/mask-contract.md, section 10. */
export interface Vectors {
  readonly bernoulli: readonly (Row & {
    readonly threshold: number;
    readonly first: string;
    readonly kept: number;
    readonly hash: string;
  })[];
  readonly uniform: readonly (Row & { readonly first: readonly string[]; readonly hash: string })[];
  readonly normal: readonly (Row & { readonly entries: Readonly<Record<string, number>> })[];
  readonly grown: readonly (Row & {
    readonly rate: number;
    readonly size: number;
    readonly axes: readonly [number, number];
    readonly threshold: number;
    readonly first: string;
    readonly kept: number;
    readonly gain: string;
    readonly hash: string;
  })[];
}

const text = readFileSync(new URL("../../../../docs/mask-contract.md", import.meta.url), "utf8");
export const vectors: Vectors = JSON.parse(text.split("```json\n")[1].split("```")[0]);

/** 32-bit FNV-1a of bytes. */
export function fnv1a(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
