import { dropout as dropoutVariant } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `dropout`. */
export interface DropoutArgs extends NoiseLayerArgs {
  /** Drop probability in [0, 1]: 0 is the identity, 1 gives zeros. */
  readonly rate: number;
  /** Sizes of the mask along the trailing axes, 1 (one draw for the axis) or the input's; `null` is the input's. Default: the input's shape. */
  readonly noiseShape?: readonly (number | null)[] | null;
}

/**
 * Drops entries and scales the others by 1 / keep in training; the identity at inference.
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
 * JMLR 15, sections 4 and 10.
 */
export class Dropout extends NoiseLayer {
  static readonly className = "dropoutkit>Dropout";
  declare rate: number;
  declare readonly noiseShape: readonly (number | null)[] | null;

  /**
   * @throws {TypeError} If `rate` is no number, or `site` no string.
   * @throws {RangeError} If `rate` is outside [0, 1], a size in `noiseShape` is no integer >= 1, or
   * `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: DropoutArgs) {
    const noiseShape = args.noiseShape ?? undefined;
    super(
      {
        rates: { rate: args.rate },
        fixed: { noiseShape: noiseShape ? [...noiseShape] : null },
        variantOf: ({ rate }) => dropoutVariant({ rate, ...(noiseShape && { noiseShape }) }),
      },
      args,
    );
  }
}

/**
 * Makes a layer that drops entries with probability `rate` in training.
 * @throws As the constructor of `Dropout` does.
 */
export function dropout(args: DropoutArgs): Dropout {
  return new Dropout(checkOptions("dropout", args));
}
