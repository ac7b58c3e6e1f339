import type { Variant } from "../seam/seam.js";
import { type Evaluation, evaluation, type Leaves } from "./evaluation.js";
import { denseLinear } from "./linearOp.js";

/**
 * Computes a variant's penalty, a scalar to add to the loss, and its gradients; 0 for a variant
 * without one.
 * @param leaves Of `w`, `features` and `learned:<name>` what the penalty reads.
 * @throws {TypeError} If a leaf that the penalty reads is missing.
 */
export function evaluatePenalty({ penalty = 0 }: Variant, leaves: Leaves): Evaluation {
  return evaluation(penalty, { owner: "evaluatePenalty", leaves, linear: denseLinear });
}
