import { checkChoice } from "../checks/checkOption.js";
import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import type { Variant } from "../seam/seam.js";
import { dropPart } from "./dropPart.js";
import { perOption, type VariantEntry } from "./VariantEntry.js";

export interface StochasticDepthOptions {
  /** Probability in [0, 1] to drop the branch; see `linearDepthRate` for the paper's rule over depth. */
  readonly rate: number;
  /** Whether each example has a draw of its own, or the batch has one, as in the paper. Default "example". */
  readonly per?: "example" | "batch";
}

/**
 * Drops a residual branch as a whole, before it is added to its shortcut, and scales a surviving
 * one by 1 / keep; the identity at inference. Target `[batch, ...]`, field `[batch, 1, ..., 1]` or
 * `[1, ..., 1]`.
 * @throws {TypeError} If `rate` is no number, or `per` is neither "example" nor "batch".
 * @throws {RangeError} If `rate` is outside [0, 1].
 * @see Huang et al. 2016, "Deep Networks with Stochastic Depth", section 3 (arXiv:1603.09382). The
 * paper scales at inference, by keep; scaling in training gives the same expectation.
 */
export function stochasticDepth(options: StochasticDepthOptions): Variant {
  const { rate, per = "example" } = checkOptions("stochasticDepth", options);
  checkRate("stochasticDepth", rate);
  checkChoice("stochasticDepth", { name: "per", value: per, choices: ["example", "batch"] });
  const shared = [[per === "example" ? 1 : 0, -1]] as const;
  return { name: "stochasticDepth", parts: [dropPart("activation", { rate, shared })] };
}

/** Its row of the table of variants. */
export const stochasticDepthEntry: VariantEntry = {
  name: "stochasticDepth",
  make: stochasticDepth,
  drops: "residual branches",
  paper: "Huang et al. 2016, arXiv:1603.09382",
  rates: ["rate"],
  options: { per: perOption },
};
