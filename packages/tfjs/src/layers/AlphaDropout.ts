import { alphaDropout as alphaDropoutVariant } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `alphaDropout`. */
export interface AlphaDropoutArgs extends NoiseLayerArgs {
  /** Drop probability in [0, 1]. */
  readonly rate: number;
  /** Sizes of the mask along the trailing axes, 1 (one draw for the axis) or the input's; `null` is the input's. Default: the input's shape. */
  readonly noiseShape?: readonly (number | null)[] | null;
}

/**
 * Puts SELU's negative saturation in the place of dropped entries, then shifts and scales all, so that
 * values of mean 0 and variance 1 keep both; the identity at inference. Input of any shape.
 * @see Klambauer et al. 2017, "Self-Normalizing Neural Networks", section "New Dropout Technique"
 * (arXiv:1706.02515).
 */
export class AlphaDropout extends NoiseLayer {
  static readonly className = "dropoutkit>AlphaDropout";
  declare rate: number;
  declare readonly noiseShape: readonly (number | null)[] | null;

  /**
   * @throws {TypeError} If `rate` is no number, or `site` no string.
   * @throws {RangeError} If `rate` is outside [0, 1], a size in `noiseShape` is no integer >= 1, or
   * `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: AlphaDropoutArgs) {
    const noiseShape = args.noiseShape ?? undefined;
    super(
      {
        rates: { rate: args.rate },
        fixed: { noiseShape: noiseShape ? [...noiseShape] : null },
        variantOf: ({ rate }) => alphaDropoutVariant({ rate, ...(noiseShape && { noiseShape }) }),
      },
      args,
    );
  }
}

/**
 * Makes a layer that drops entries to SELU's saturation with probability `rate` in training.
 * @throws As the constructor of `AlphaDropout` does.
 */
export function alphaDropout(args: AlphaDropoutArgs): AlphaDropout {
  return new AlphaDropout(checkOptions("alphaDropout", args));
}
