import { checkCount } from "../checks/checkOption.js";
import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";

export interface LinearDepthRateOptions {
  /** The block whose rate it is: an integer in [1, blocks], counted from the input. */
  readonly block: number;
  /** Number of residual blocks, an integer >= 1. */
  readonly blocks: number;
  /** Drop probability of the last block, in [0, 1]; the paper takes 0.5. */
  readonly rate: number;
}

/**
 * The drop probability of a residual block: rate * block / blocks, so that survival falls linearly with depth.
 * @throws {TypeError} If an option is no number.
 * @throws {RangeError} If `block` or `blocks` is no integer >= 1, `block` exceeds `blocks`, or `rate` is outside [0, 1].
 * @see Huang et al. 2016, "Deep Networks with Stochastic Depth", section 3, equation 4 (arXiv:1603.09382).
 */
export function linearDepthRate(options: LinearDepthRateOptions): number {
  const { block, blocks, rate } = checkOptions("linearDepthRate", options);
  checkRate("linearDepthRate", rate);
  checkCount("linearDepthRate", "block", block);
  checkCount("linearDepthRate", "blocks", blocks);
  if (block > blocks) {
    throw new RangeError(`linearDepthRate: block must be at most ${blocks}, got ${block}`);
  }
  return (rate * block) / blocks;
}
