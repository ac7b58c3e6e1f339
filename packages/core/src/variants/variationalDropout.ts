import { checkCount } from "../checks/checkOption.js";
import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import type { Part, Variant } from "../seam/seam.js";
import { dropPart } from "./dropPart.js";
import type { VariantEntry } from "./VariantEntry.js";

export interface VariationalDropoutOptions {
  /** Drop probability in [0, 1] of what enters the layer, `[batch, time, features]`. */
  readonly inputRate: number;
  /** Drop probability in [0, 1] of the hidden state as the cell reads it, `[batch, units]`. */
  readonly stateRate: number;
  /** Drop probability in [0, 1] of what leaves the layer, `[batch, time, units]`. */
  readonly outputRate: number;
  /** Number of the cell's gates (LSTM 4, GRU 3), each with an input and a state mask of its own; default: tied, one mask for all. */
  readonly gates?: number;
}

/**
 * Drops the same features at every timestep of a sequence: one mask a sequence for the input, one for
 * the hidden state and one for the output, scaled by 1 / keep; the identity at inference.
 * @throws {TypeError} If an option is no number.
 * @throws {RangeError} If a rate is outside [0, 1], or `gates` is no integer >= 1.
 * @see Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural
 * Networks", section 4 (arXiv:1512.05287).
 */
export function variationalDropout(options: VariationalDropoutOptions): Variant {
  checkOptions("variationalDropout", options);
  const rate = (name: "inputRate" | "stateRate" | "outputRate"): number =>
    checkRate("variationalDropout", options[name], name);
  const overTime = { minRank: 3, shared: [[1, 1]] } as const;
  const input = dropPart("input", { rate: rate("inputRate"), ...overTime });
  const state = dropPart("state", { rate: rate("stateRate") });
  const output = dropPart("output", { rate: rate("outputRate"), ...overTime });
  return {
    name: "variationalDropout",
    parts: [...perGate(input, options.gates), ...perGate(state, options.gates), output],
  };
}

function perGate(part: Part, gates: number | undefined): readonly Part[] {
  if (gates === undefined) return [part];
  const count = checkCount("variationalDropout", "gates", gates);
  return Array.from({ length: count }, (_, gate) => ({ ...part, gate }));
}

/** Its row of the table of variants. */
export const variationalDropoutEntry: VariantEntry = {
  name: "variationalDropout",
  make: variationalDropout,
  drops: "the same features at each timestep of a recurrent layer",
  paper: "Gal and Ghahramani 2016, arXiv:1512.05287",
  rates: ["inputRate", "stateRate", "outputRate"],
  options: { gates: { takes: "count", about: "gates with masks of their own" } },
};
