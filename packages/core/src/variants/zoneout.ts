import { checkOptions } from "../checks/checkOptions.js";
import { add, mul, select } from "../seam/expr.js";
import { checkRate } from "../seam/rate.js";
import type { Part, Variant } from "../seam/seam.js";
import type { VariantEntry } from "./VariantEntry.js";

export interface ZoneoutOptions {
  /** Probability in [0, 1] that a unit of the hidden state keeps its previous value. */
  readonly stateRate: number;
  /** The same of any further state, an LSTM's cell; nothing to do in a cell without one. */
  readonly cellRate: number;
}

/**
 * Keeps units of a recurrent state at their previous value, drawn anew at each timestep; at inference
 * the state moves by the mean, keep * new + rate * previous. Nothing is rescaled. Targets
 * `[batch, units]`.
 * @throws {TypeError} If a rate is no number.
 * @throws {RangeError} If a rate is outside [0, 1].
 * @see Krueger et al. 2017, "Zoneout: Regularizing RNNs by Randomly Preserving Hidden Activations",
 * section 3 (arXiv:1606.01305).
 */
export function zoneout(options: ZoneoutOptions): Variant {
  const { stateRate, cellRate } = checkOptions("zoneout", options);
  checkRate("zoneout", stateRate, "stateRate");
  checkRate("zoneout", cellRate, "cellRate");
  return {
    name: "zoneout",
    parts: [zoneoutPart("nextState", stateRate), zoneoutPart("nextCell", cellRate)],
  };
}

function zoneoutPart(at: "nextState" | "nextCell", rate: number): Part {
  return {
    at,
    field: { draw: "bernoulli", rate, perTimestep: true },
    train: select("field", "x", "previous"),
    infer: add(mul("keep", "x"), mul("rate", "previous")),
  };
}

/** Its row of the table of variants. */
export const zoneoutEntry: VariantEntry = {
  name: "zoneout",
  make: zoneout,
  drops: "updates of a recurrent state: a unit keeps its previous value",
  paper: "Krueger et al. 2017, arXiv:1606.01305",
  rates: ["stateRate", "cellRate"],
  options: {},
};
