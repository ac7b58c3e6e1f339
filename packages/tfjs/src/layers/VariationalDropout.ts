import { type Variant, variationalDropout as variationalDropoutVariant } from "@dropoutkit/core";
import { checkRate } from "@dropoutkit/core/adapter";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `variationalDropout`. */
export interface VariationalDropoutArgs extends NoiseLayerArgs {
  /** Drop probability in [0, 1]. */
  readonly rate: number;
}

/**
 * Drops the same features at every timestep: one mask a sequence, scaled by 1 / keep; the identity at
 * inference. Input `[batch, time, ...features]`. A recurrent layer's state takes `variationalRnn`.
 * @see Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural
 * Networks", section 4 (arXiv:1512.05287).
 */
export class VariationalDropout extends NoiseLayer {
  static readonly className = "dropoutkit>VariationalDropout";
  declare rate: number;

  /**
   * @throws {TypeError} If `rate` is no number, or `site` no string.
   * @throws {RangeError} If `rate` is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: VariationalDropoutArgs) {
    super({ rates: { rate: args.rate }, variantOf }, args);
  }
}

/** A layer without a state has the recurrent variant's part at the input alone. */
function variantOf({ rate }: Pick<VariationalDropoutArgs, "rate">): Variant {
  checkRate("variationalDropout", rate);
  const rates = { inputRate: rate, stateRate: 0, outputRate: 0 };
  const { name, parts } = variationalDropoutVariant(rates);
  return { name, parts: parts.filter(({ at }) => at === "input") };
}

/**
 * Makes a layer that drops features of sequences, the same at every timestep, in training.
 * @throws As the constructor of `VariationalDropout` does.
 */
export function variationalDropout(args: VariationalDropoutArgs): VariationalDropout {
  return new VariationalDropout(args);
}
