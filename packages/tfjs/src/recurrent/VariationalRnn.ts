import { variationalDropout } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import { NoisyRnn, type NoisyRnnArgs } from "./NoisyRnn.js";

/** Options of `variationalRnn`. */
export interface VariationalRnnArgs extends NoisyRnnArgs {
  /** Drop probability in [0, 1] of what enters each cell. Default 0. */
  readonly inputRate?: number;
  /** Drop probability in [0, 1] of the hidden state as a cell reads it. Default 0. */
  readonly stateRate?: number;
  /** Drop probability in [0, 1] of what leaves the layer. Default 0. */
  readonly outputRate?: number;
}

/**
 * A recurrent layer of any cell that drops the same units at every timestep: one mask a sequence for
 * the input `[batch, time, features]`, one for the hidden state `[batch, units]`, one for the output.
 * Free of noise at inference.
 * @see Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural
 * Networks", section 4 (arXiv:1512.05287).
 */
export class VariationalRnn extends NoisyRnn {
  static override readonly className = "dropoutkit>VariationalRnn";
  declare inputRate: number;
  declare stateRate: number;
  declare outputRate: number;

  /**
   * @throws {TypeError} If `cell` is no recurrent cell or has a dropout of tfjs's own, or a rate is no number.
   * @throws {RangeError} If a rate is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: VariationalRnnArgs) {
    const { inputRate = 0, stateRate = 0, outputRate = 0 } = args;
    super(
      {
        rates: { inputRate, stateRate, outputRate },
        variantOf: ({ inputRate, stateRate, outputRate }) =>
          variationalDropout({ inputRate, stateRate, outputRate }),
      },
      args,
    );
  }
}

/**
 * Makes a recurrent layer whose masks are one a sequence.
 * @throws As the constructor of `VariationalRnn` does.
 */
export function variationalRnn(args: VariationalRnnArgs): VariationalRnn {
  return new VariationalRnn(checkOptions("variationalRnn", args));
}
