import { type Penalty, variantPenalty } from "@dropoutkit/onnx-training";
import type { LayerPlan } from "./LayerPlan.js";
import { concreteVariant } from "./noiseVariants.js";

/** The penalties by which the rates of concrete dropout are learned. */
export function penaltiesOf(plan: readonly LayerPlan[]): Penalty[] {
  return plan.flatMap((layer) => {
    if (layer.kind !== "dense" || layer.concrete === undefined) return [];
    const { name, inputs, concrete } = layer;
    const tensors = { w: `${name}.kernel`, "learned:logit": `${concrete.site}.logit` };
    const variant = concreteVariant(concrete);
    return [variantPenalty({ variant, tensors, numbers: { features: inputs } })];
  });
}
