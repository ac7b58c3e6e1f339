import { checkOptions } from "../checks/checkOptions.js";
import { checkRate } from "../seam/rate.js";
import type { Variant } from "../seam/seam.js";
import { dropPart } from "./dropPart.js";
import { checkNoiseShape, type NoiseShape } from "./noiseShape.js";
import { noiseShapeOption, type VariantEntry } from "./VariantEntry.js";

export interface DropoutOptions {
  /** Drop probability in [0, 1]. */
  readonly rate: number;
  /** Sizes of the mask along the trailing axes, 1 (one draw for the axis) or the target's; `null` is the target's. Default: the target's shape. */
  readonly noiseShape?: NoiseShape;
}

/**
 * Drops each entry with probability `rate` and scales survivors by 1 / keep; the identity at inference.
 * @throws {TypeError} If `rate` is no number.
 * @throws {RangeError} If `rate` is outside [0, 1], or a size in `noiseShape` is no integer >= 1.
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
 * JMLR 15, sections 4 and 10.
 */
export function dropout(options: DropoutOptions): Variant {
  const { rate, noiseShape } = checkOptions("dropout", options);
  checkRate("dropout", rate);
  const noise = noiseShape && { noiseShape: checkNoiseShape("dropout", noiseShape) };
  return { name: "dropout", parts: [dropPart("activation", { rate, ...noise })] };
}

/** Its row of the table of variants. */
export const dropoutEntry: VariantEntry = {
  name: "dropout",
  make: dropout,
  drops: "entries, the same along axes where `noiseShape` is 1",
  paper: "Srivastava et al. 2014, JMLR 15",
  rates: ["rate"],
  options: { noiseShape: noiseShapeOption },
};
