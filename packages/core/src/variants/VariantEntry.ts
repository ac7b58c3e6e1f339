import type { Variant } from "../seam/seam.js";

/** What an option takes: one of some words, an integer >= 1, a number in a range, or sizes of trailing axes, null for the target's. */
export type OptionKind = { readonly choices: readonly string[] } | "count" | "number" | "sizes";

/** An option of a variant beside its drop probabilities. */
export interface VariantOption {
  readonly takes: OptionKind;
  /** What it says, in a few words. */
  readonly about: string;
  /** Proposed where the factory asks for it and nobody says. */
  readonly start?: string | number;
}

/** A row of the table of variants: what command lines, pages and documents show of one. */
export interface VariantEntry {
  /** Name of the factory. */
  readonly name: string;
  readonly make: (options: never) => Variant;
  /** What it drops, in a few words. */
  readonly drops: string;
  /** Authors and year, and where to read it. */
  readonly paper: string;
  /** Names of its drop probabilities, each in [0, 1]. */
  readonly rates: readonly string[];
  readonly options: Readonly<Record<string, VariantOption>>;
}

/** Options that several variants share. */
export const channelsOption: VariantOption = {
  takes: { choices: ["first", "last"] },
  about: "where the channels are",
};
export const noiseShapeOption: VariantOption = {
  takes: "sizes",
  about: "sizes of the mask's trailing axes, 1 to share draws",
};
export const perOption: VariantOption = {
  takes: { choices: ["example", "batch"] },
  about: "whom a draw is for",
};
