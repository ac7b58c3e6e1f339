import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import type { Variant } from "../seam/seam.js";
import { dropPart } from "./dropPart.js";
import type { VariantEntry } from "./VariantEntry.js";

export interface RecurrentDropConnectOptions {
  /** Drop probability of each hidden-to-hidden weight, in [0, 1]. */
  readonly rate: number;
}

/**
 * Drops weights of the recurrent kernel, one mask a sequence and for the whole batch, and scales
 * survivors by 1 / keep; the mean weights at inference. Target: the kernel that the state meets.
 * @throws {TypeError} If `rate` is no number.
 * @throws {RangeError} If `rate` is outside [0, 1].
 * @see Merity, Keskar and Socher 2018, "Regularizing and Optimizing LSTM Language Models", section 2
 * (arXiv:1708.02182): the weight-dropped LSTM.
 */
export function recurrentDropConnect(options: RecurrentDropConnectOptions): Variant {
  const { rate } = checkOptions("recurrentDropConnect", options);
  checkRate("recurrentDropConnect", rate);
  return { name: "recurrentDropConnect", parts: [dropPart("recurrentKernel", { rate })] };
}

/** Its row of the table of variants. */
export const recurrentDropConnectEntry: VariantEntry = {
  name: "recurrentDropConnect",
  make: recurrentDropConnect,
  drops: "recurrent weights",
  paper: "Merity et al. 2018, arXiv:1708.02182",
  rates: ["rate"],
  options: {},
};
