import * as runtime from "onnxruntime-web";
import type { Learner, LearnerOptions } from "./Learner.js";
import { modelLearner } from "./modelLearner.js";
import { cleanModel, withNoise } from "./networks/onnxModel.js";
import { planLayers } from "./networks/planLayers.js";

/** A network as an ONNX model, trained in onnxruntime-web. */
export function onnxLearner({
  maxNorm,
  seed,
  saved,
  ...options
}: LearnerOptions): Promise<Learner> {
  const plan = planLayers(options, { ...options, seed });
  const hidden = plan.flatMap((layer) =>
    layer.kind === "dense" && layer.activation !== "linear" ? [`${layer.name}.kernel`] : [],
  );
  return modelLearner({
    runtime,
    model: withNoise(cleanModel(plan), plan),
    maxNorm: maxNorm === undefined ? undefined : { limit: maxNorm, parameters: hidden },
    seed,
    saved,
  });
}
