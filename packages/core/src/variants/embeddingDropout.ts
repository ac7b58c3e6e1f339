import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import type { Variant } from "../seam/seam.js";
import { dropPart } from "./dropPart.js";
import type { VariantEntry } from "./VariantEntry.js";

export interface EmbeddingDropoutOptions {
  /** Probability in [0, 1] to drop a word. */
  readonly rate: number;
}

/**
 * Drops whole words: one draw for each row of an embedding's table, so that a word is gone wherever it
 * stands in the batch; surviving rows are scaled by 1 / keep. The identity at inference. Target
 * `[words, features]`, field `[words, 1]`.
 * @throws {TypeError} If `rate` is no number.
 * @throws {RangeError} If `rate` is outside [0, 1].
 * @see Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural
 * Networks", section 4.2 (arXiv:1512.05287).
 */
export function embeddingDropout(options: EmbeddingDropoutOptions): Variant {
  const { rate } = checkOptions("embeddingDropout", options);
  checkRate("embeddingDropout", rate);
  return { name: "embeddingDropout", parts: [dropPart("kernel", { rate, shared: [[1, -1]] })] };
}

/** Its row of the table of variants. */
export const embeddingDropoutEntry: VariantEntry = {
  name: "embeddingDropout",
  make: embeddingDropout,
  drops: "whole rows of an embedding",
  paper: "Gal and Ghahramani 2016, arXiv:1512.05287, section 4.2",
  rates: ["rate"],
  options: {},
};
