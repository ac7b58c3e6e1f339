import { stochasticDepth as stochasticDepthVariant } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import { NoiseLayer, type NoiseLayerArgs } from "./NoiseLayer.js";

/** Options of `stochasticDepth`. */
export interface StochasticDepthArgs extends NoiseLayerArgs {
  /** Probability in [0, 1] to drop the branch; `linearDepthRate` has the paper's rule over depth. */
  readonly rate: number;
  /** Whether each example has a draw of its own, or the batch has one, as in the paper. Default "example". */
  readonly per?: "example" | "batch";
}

/**
 * Drops a residual branch as a whole, before it is added to its shortcut, and scales a surviving one by
 * 1 / keep; the identity at inference. Input `[batch, ...]`.
 * @see Huang et al. 2016, "Deep Networks with Stochastic Depth", section 3 (arXiv:1603.09382).
 */
export class StochasticDepth extends NoiseLayer {
  static readonly className = "dropoutkit>StochasticDepth";
  declare rate: number;
  declare readonly per: "example" | "batch";

  /**
   * @throws {TypeError} If `rate` is no number, `per` another word, or `site` no string.
   * @throws {RangeError} If `rate` is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: StochasticDepthArgs) {
    const { per = "example" } = args;
    super(
      {
        rates: { rate: args.rate },
        fixed: { per },
        variantOf: ({ rate }) => stochasticDepthVariant({ rate, per }),
      },
      args,
    );
  }
}

/**
 * Makes a layer that drops a residual branch with probability `rate` in training.
 * @throws As the constructor of `StochasticDepth` does.
 */
export function stochasticDepth(args: StochasticDepthArgs): StochasticDepth {
  return new StochasticDepth(checkOptions("stochasticDepth", args));
}
