import { boundField } from "../field/boundField.js";
import { drawField } from "../field/drawField.js";
import type { NoiseKey } from "../key/noiseKey.js";
import { partSite } from "../key/site.js";
import { bindRate, reads } from "../seam/expr.js";
import { checkRate, rateScalars } from "../seam/rate.js";
import type { Part, Shape } from "../seam/seam.js";
import { type Evaluation, evaluation, type Leaves } from "./evaluation.js";
import { denseLinear, type LinearOp } from "./linearOp.js";

/** What a part is run on. `site` is the layer's; the part's place is added to it. */
export interface EvaluatePartOptions extends NoiseKey {
  /** What stands at the part's place: `x`, and of `w`, `b`, `previous`, `learned:<name>` what the formula reads. */
  readonly leaves: Leaves;
  /** Runs the formula for training if true, for inference if false. */
  readonly training: boolean;
  /** Replaces the part's drop probability, as a schedule does; in [0, 1]. */
  readonly rate?: number;
  /** Examples in the batch; needed where the field is per example. */
  readonly batch?: number;
  /** Iteration of a recurrent layer, for a field that is drawn anew at each; an integer >= 0. Default 0. */
  readonly timestep?: number;
  /** The layer's own operation, for a part at `linear`. Default a dense layer's. */
  readonly linear?: LinearOp;
}

/**
 * Runs one part of a variant over arrays: draws its field where the formula reads it, and computes value
 * and gradients in float32, or in float64 where a leaf comes in float64. It is what adapters are
 * compared with, and serves the formulas that have no fused kernel.
 * @throws {RangeError} If an option is out of range, or shapes do not fit.
 * @throws {TypeError} If a leaf that the formula reads, the rate or the batch is missing, or the part is
 * over space, and its channels are not known.
 */
export function evaluatePart(part: Part, options: EvaluatePartOptions): Evaluation {
  const { leaves, training, linear = denseLinear } = options;
  const formula = training ? part.train : part.infer;
  const own = boundField("evaluatePart", part.field);
  const rate = options.rate ?? own.rate;
  const site = partSite(options.site, part);
  const field = reads(formula, "field")
    ? drawField(own, {
        owner: "evaluatePart",
        ...options,
        site,
        target: targetShape(part, leaves, linear),
      })
    : undefined;
  const scalars = rate === undefined ? undefined : rateScalars(checkRate("evaluatePart", rate));
  const bound = scalars
    ? bindRate(formula, { ...scalars, gain: field?.gain ?? scalars.gain })
    : formula;
  const noise = field && { field: { shape: field.shape, data: Float32Array.from(field.data) } };
  return evaluation(bound, { owner: "evaluatePart", leaves: { ...leaves, ...noise }, linear });
}

/** The shape of the value that the part makes, before any axis of samples or examples. */
function targetShape({ at }: Part, { x, w }: Leaves, linear: LinearOp): Shape {
  const shapeOf = (leaf: typeof x): Shape => (typeof leaf === "object" ? leaf.shape : []);
  return at === "linear" ? linear.shape(shapeOf(x), shapeOf(w)) : shapeOf(x);
}
