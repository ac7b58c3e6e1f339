import { dropConnect, variationalDropout, zoneout } from "@dropoutkit/core";
import type { Part, Shape } from "@dropoutkit/core/adapter";
import { SIDE } from "../../data/digits.js";
import type { DensePlan, LayerPlan, LstmPlan } from "../../experiment/networks/LayerPlan.js";
import { concreteVariant, noiseVariant } from "../../experiment/networks/noiseVariants.js";
import type { PlannedField } from "./PlannedField.js";

/** The fields of a step over a batch of so many examples, in the order of the layers. */
export function fieldsOf(plan: readonly LayerPlan[], batch: number): PlannedField[] {
  return plan.flatMap((layer) => {
    switch (layer.kind) {
      case "noise": {
        const { parts } = noiseVariant(layer.variant, { rate: layer.rate, channels: "last" });
        return parts.map((part) => fieldOf(layer.site, part, [batch, ...layer.shape]));
      }
      case "dense":
        return denseFields(layer, batch);
      case "lstm":
        return recurrentFields(layer, batch);
      default:
        return [];
    }
  });
}

function denseFields(
  { name, inputs, units, connect, concrete }: DensePlan,
  batch: number,
): PlannedField[] {
  if (concrete) {
    return concreteVariant(concrete).parts.map((part) => ({
      ...fieldOf(concrete.site, part, [batch, inputs]),
      learnedRate: concrete.rate,
    }));
  }
  if (connect === undefined) return [];
  return dropConnect({ rate: connect.rate, per: "batch" })
    .parts.filter(({ at }) => at === "kernel")
    .map((part) => fieldOf(name, part, [inputs, units]));
}

function recurrentFields(
  { name, features, units, noise }: LstmPlan,
  batch: number,
): PlannedField[] {
  if (noise === undefined) return [];
  const { parts } = noise.variant === "zoneout" ? zoneout(noise) : variationalDropout(noise);
  return parts.map((part) => {
    const sizes = { input: [SIDE, features], output: [SIDE, units] };
    const isSequence = part.at === "input" || part.at === "output";
    const target = [batch, ...(isSequence ? sizes[part.at] : [units])];
    return { ...fieldOf(name, part, target), timesteps: SIDE };
  });
}

const fieldOf = (site: string, part: Part, target: Shape): PlannedField => ({
  site,
  part,
  target,
  channels: "last",
});
