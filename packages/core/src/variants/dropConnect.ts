import { checkChoice, checkCount } from "../checks/checkOption.js";
import { checkOptions } from "../checks/checkOptions.js";
import { add, linear, mul, sqrt, square } from "../seam/expr.js";
import { checkRate } from "../seam/rate.js";
import type { Expr, Part, Variant } from "../seam/seam.js";
import { dropPart } from "./dropPart.js";
import { perOption, type VariantEntry } from "./VariantEntry.js";

export interface DropConnectOptions {
  /** Drop probability of each weight, in [0, 1]. */
  readonly rate: number;
  /** Whether each example has a mask of its own, as in the paper, or the batch has one. Default "example". */
  readonly per?: "example" | "batch";
  /** Draws of the pre-activation at inference (an integer >= 1), averaged after the activation; default: none, the mean weights. */
  readonly samples?: number;
}

const mean: Expr = linear("x", "w");

/** A weight times gain * mask has variance rate * gain * w^2; the bias is a weight whose input is 1. */
const variance: Expr = mul(mul("rate", "gain"), add(linear(square("x"), square("w")), square("b")));

/**
 * Drops weights in the place of activations, the bias among them, and scales survivors by 1 / keep.
 * Inference uses the mean weights; with `samples` it draws the pre-activation from the normal
 * distribution with the mean and the variance that the masks give it. Targets: the layer's kernel
 * and bias; fields as these, with `[batch]` in front where there is one for each example.
 * @throws {TypeError} If an option is of the wrong kind.
 * @throws {RangeError} If `rate` is outside [0, 1], or `samples` is no integer >= 1.
 * @see Wan et al. 2013, "Regularization of Neural Networks using DropConnect", ICML, sections 3 and 3.2.
 */
export function dropConnect(options: DropConnectOptions): Variant {
  const { rate, per = "example", samples } = checkOptions("dropConnect", options);
  checkRate("dropConnect", rate);
  checkChoice("dropConnect", { name: "per", value: per, choices: ["example", "batch"] });
  const field = per === "example" ? ({ rate, perExample: true } as const) : { rate };
  const parts: Part[] = [dropPart("kernel", field), dropPart("bias", field)];
  if (samples !== undefined) {
    checkCount("dropConnect", "samples", samples);
    parts.push({
      at: "linear",
      field: { draw: "normal", rate, samples },
      train: mean,
      infer: add(mean, mul("field", sqrt(variance))),
    });
  }
  return { name: "dropConnect", parts };
}

/** Its row of the table of variants. */
export const dropConnectEntry: VariantEntry = {
  name: "dropConnect",
  make: dropConnect,
  drops: "weights and biases",
  paper: "Wan et al. 2013, ICML",
  rates: ["rate"],
  options: {
    per: perOption,
    samples: { takes: "count", about: "draws of a pre-activation at inference" },
  },
};
