import { checkOptions } from "../checks/checkOptions.js";
import { add, div, mul, select, sqrt } from "../seam/expr.js";
import { checkRate } from "../seam/rate.js";
import type { Expr, Field, Part, Variant } from "../seam/seam.js";
import { checkNoiseShape, type NoiseShape } from "./noiseShape.js";
import { noiseShapeOption, type VariantEntry } from "./VariantEntry.js";

export interface AlphaDropoutOptions {
  /** Drop probability in [0, 1]. */
  readonly rate: number;
  /** Sizes of the mask along the trailing axes, 1 (one draw for the axis) or the target's; `null` is the target's. Default: the target's shape. */
  readonly noiseShape?: NoiseShape;
}

/** What SELU tends to at minus infinity, -scale * alpha: the value that a dropped entry takes. */
const SATURATION = -1.7580993408473766;

/** The paper's (keep (1 + rate SATURATION^2))^-1/2; `gain` for 1 / keep makes rate 1 give zeros. */
const slope: Expr = sqrt(div("gain", add(1, mul("rate", SATURATION * SATURATION))));
const kept: Expr = add(mul(slope, "x"), mul(mul(slope, "rate"), -SATURATION));
const dropped: Expr = mul(mul(slope, "keep"), SATURATION);

/** Alpha dropout's formulas over a Bernoulli field on activations. */
export function alphaPart(field: Omit<Field, "draw">): Part {
  return {
    at: "activation",
    field: { draw: "bernoulli", ...field },
    train: select("field", kept, dropped),
    infer: "x",
  };
}

/**
 * Puts SELU's negative saturation in the place of dropped entries, then shifts and scales all, so that
 * values of mean 0 and variance 1 keep both; the identity at inference. At rate 1, zeros.
 * @throws {TypeError} If `rate` is no number.
 * @throws {RangeError} If `rate` is outside [0, 1], or a size in `noiseShape` is no integer >= 1.
 * @see Klambauer et al. 2017, "Self-Normalizing Neural Networks", section "New Dropout Technique"
 * (arXiv:1706.02515).
 */
export function alphaDropout(options: AlphaDropoutOptions): Variant {
  const { rate, noiseShape } = checkOptions("alphaDropout", options);
  checkRate("alphaDropout", rate);
  const noise = noiseShape && { noiseShape: checkNoiseShape("alphaDropout", noiseShape) };
  return { name: "alphaDropout", parts: [alphaPart({ rate, ...noise })] };
}

/** Its row of the table of variants. */
export const alphaDropoutEntry: VariantEntry = {
  name: "alphaDropout",
  make: alphaDropout,
  drops: "entries, to SELU's negative saturation: mean and variance stay",
  paper: "Klambauer et al. 2017, arXiv:1706.02515",
  rates: ["rate"],
  options: { noiseShape: noiseShapeOption },
};
