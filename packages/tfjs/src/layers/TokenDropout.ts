import { tokenDropout as variant } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `tokenDropout`. */
export interface TokenDropoutArgs extends NoiseLayerArgs {
  /** Probability in [0, 1] to drop a token of an example. */
  readonly rate: number;
}

/**
 * Drops whole tokens of sequences: one draw for each example and token, shared over its features. Input
 * `[batch, token, features]`. The identity at inference.
 * @see Iyyer et al. 2015, "Deep Unordered Composition Rivals Syntactic Methods for Text Classification", ACL.
 */
export class TokenDropout extends NoiseLayer {
  static readonly className = "dropoutkit>TokenDropout";
  declare rate: number;

  /**
   * @throws {TypeError} If `rate` is no number, or `site` no string.
   * @throws {RangeError} If `rate` is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: TokenDropoutArgs) {
    super({ rates: { rate: args.rate }, variantOf: ({ rate }) => variant({ rate }) }, args);
  }
}

/**
 * Makes a layer that drops tokens of sequences with probability `rate` in training.
 * @throws As the constructor of `TokenDropout` does.
 */
export function tokenDropout(args: TokenDropoutArgs): TokenDropout {
  return new TokenDropout(checkOptions("tokenDropout", args));
}
