import { gaussianDropout as gaussianDropoutVariant } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `gaussianDropout`. */
export interface GaussianDropoutArgs extends NoiseLayerArgs {
  /** The rate in [0, 1] of the dropout whose mean and variance the noise has: standard deviation sqrt(rate / keep). */
  readonly rate: number;
}

/**
 * Multiplies each entry by a normal of mean 1 and variance rate / keep in training; the identity at
 * inference. Input of any shape.
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
 * JMLR 15, section 10.
 */
export class GaussianDropout extends NoiseLayer {
  static readonly className = "dropoutkit>GaussianDropout";
  declare rate: number;

  /**
   * @throws {TypeError} If `rate` is no number, or `site` no string.
   * @throws {RangeError} If `rate` is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: GaussianDropoutArgs) {
    super(
      { rates: { rate: args.rate }, variantOf: ({ rate }) => gaussianDropoutVariant({ rate }) },
      args,
    );
  }
}

/**
 * Makes a layer that multiplies entries by normal noise in training.
 * @throws As the constructor of `GaussianDropout` does.
 */
export function gaussianDropout(args: GaussianDropoutArgs): GaussianDropout {
  return new GaussianDropout(checkOptions("gaussianDropout", args));
}
