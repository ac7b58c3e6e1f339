import * as runtime from "onnxruntime-web";
import type { Learner, LearnerOptions } from "./Learner.js";
import { modelLearner } from "./modelLearner.js";
import type { LayerPlan } from "./networks/LayerPlan.js";
import { cleanModel, withNoise } from "./networks/onnxModel.js";
import { penaltiesOf } from "./networks/penaltiesOf.js";
import { planLayers } from "./networks/planLayers.js";

/** A network as an ONNX model, trained in onnxruntime-web. */
export function onnxLearner({
  maxNorm,
  seed,
  saved,
  ...options
}: LearnerOptions): Promise<Learner> {
  const plan = planLayers(options, { ...options, seed });
  const model = withNoise(cleanModel(plan), plan);
  const held = maxNorm !== undefined && { maxNorm: { limit: maxNorm, weights: hiddenOf(plan) } };
  const penalties = penaltiesOf(plan);
  return modelLearner({ runtime, model, seed, saved, penalties, ...held });
}

const hiddenOf = (plan: readonly LayerPlan[]): string[] =>
  plan.flatMap((layer) =>
    layer.kind === "dense" && layer.activation !== "linear" ? [`${layer.name}.kernel`] : [],
  );
