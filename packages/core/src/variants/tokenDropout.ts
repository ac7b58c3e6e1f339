import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import type { Variant } from "../seam/seam.js";
import { dropPart } from "./dropPart.js";
import type { VariantEntry } from "./VariantEntry.js";

export interface TokenDropoutOptions {
  /** Probability in [0, 1] to drop a token of an example. */
  readonly rate: number;
}

/**
 * Drops whole tokens: one draw for each example and token, shared over the token's features; survivors are scaled by
 * 1 / keep. The identity at inference. Target `[batch, token, ...features]`, field `[batch, token, 1, ..., 1]`.
 * @throws {TypeError} If `rate` is no number.
 * @throws {RangeError} If `rate` is outside [0, 1].
 * @see Iyyer et al. 2015, "Deep Unordered Composition Rivals Syntactic Methods for Text Classification", ACL, on word
 * dropout, which leaves tokens out of an average; for a layer that keeps their places they are zeros here.
 */
export function tokenDropout(options: TokenDropoutOptions): Variant {
  const { rate } = checkOptions("tokenDropout", options);
  checkRate("tokenDropout", rate);
  const field = { rate, minRank: 3, shared: [[2, -1]] } as const;
  return { name: "tokenDropout", parts: [dropPart("activation", field)] };
}

/** Its row of the table of variants. */
export const tokenDropoutEntry: VariantEntry = {
  name: "tokenDropout",
  make: tokenDropout,
  drops: "whole tokens of a sequence",
  paper: "Iyyer et al. 2015, ACL",
  rates: ["rate"],
  options: {},
};
