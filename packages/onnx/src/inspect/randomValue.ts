import type { NodeProto } from "../model/schema.js";

/** Numbers of a value that is one of two, or the constant and the factor of one that is linear in a normal. */
export type Pair = readonly [number, number];

/** Independent draws, uniform in [low, high). */
export interface Uniform {
  readonly kind: "uniform";
  /** The node that draws. */
  readonly source: NodeProto;
  readonly low: number;
  readonly high: number;
  /** What is added in some of the places, the same in each run. */
  readonly offset: number;
}

/** What is drawn once, and decides all that is made of it. */
export interface Draw {
  readonly source: NodeProto;
  /** `"bits"` are one of two values, `"normal"` a standard normal. */
  readonly law: "bits" | "normal";
  /** Of bits: the probability of the first value; NaN where it is not known. */
  readonly first: number;
  /** Whether it decides in all places; in the others the value is the same in each run. */
  readonly isEverywhere: boolean;
  /** Of bits that grew from seeds: the edge of a block, and the probability of a seed. */
  readonly block?: { readonly size: number; readonly seeds: number };
}

/** `gain · x + shift`, with a pair for each. */
export interface Affine {
  readonly kind: "affine";
  readonly draw: Draw;
  /** A tensor that is not of the draw; none where all of it is. */
  readonly x?: string;
  readonly gain: Pair;
  readonly shift: Pair;
  /** The tensor of the draw that x has met, or that this is. */
  readonly mask: string;
  /** Where it is multiplied by a count over the sum of a mask, or divided by the sum: which of the two values counts. */
  readonly over?: { readonly counted: 0 | 1; readonly count: number | "sizes" };
}

/** The sum of a mask of 0 and 1, or a count over it. */
export interface Total {
  readonly kind: "total";
  readonly draw: Draw;
  readonly counted: 0 | 1;
  readonly mask: string;
  readonly count?: number | "sizes";
}

export type RandomValue = Uniform | Affine | Total;

/** Numbers for each of the two values, of a draw's own numbers. */
export const mapPair = (pair: Pair, map: (entry: number) => number): Pair => [
  map(pair[0]),
  map(pair[1]),
];
