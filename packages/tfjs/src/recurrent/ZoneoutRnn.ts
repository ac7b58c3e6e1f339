import { zoneout } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import { NoisyRnn, type NoisyRnnArgs } from "./NoisyRnn.js";

/** Options of `zoneoutRnn`. */
export interface ZoneoutRnnArgs extends NoisyRnnArgs {
  /** Probability in [0, 1] that a unit of the hidden state keeps its previous value. Default 0. */
  readonly stateRate?: number;
  /** The same of any further state, an LSTM's cell. Default 0. */
  readonly cellRate?: number;
}

/**
 * A recurrent layer of any cell whose units keep their previous state at random, drawn anew at each
 * timestep; at inference the state moves by the mean. States `[batch, units]`.
 * @see Krueger et al. 2017, "Zoneout: Regularizing RNNs by Randomly Preserving Hidden Activations",
 * section 3 (arXiv:1606.01305).
 */
export class ZoneoutRnn extends NoisyRnn {
  static override readonly className = "dropoutkit>ZoneoutRnn";
  declare stateRate: number;
  declare cellRate: number;

  /**
   * @throws {TypeError} If `cell` is no recurrent cell or has a dropout of tfjs's own, or a rate is no number.
   * @throws {RangeError} If a rate is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: ZoneoutRnnArgs) {
    const { stateRate = 0, cellRate = 0 } = args;
    super(
      {
        rates: { stateRate, cellRate },
        variantOf: ({ stateRate, cellRate }) => zoneout({ stateRate, cellRate }),
      },
      args,
    );
  }
}

/**
 * Makes a recurrent layer whose units keep their previous state at random.
 * @throws As the constructor of `ZoneoutRnn` does.
 */
export function zoneoutRnn(args: ZoneoutRnnArgs): ZoneoutRnn {
  return new ZoneoutRnn(checkOptions("zoneoutRnn", args));
}
