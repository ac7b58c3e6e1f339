import {
  dropConnect,
  type Part,
  partSite,
  type Shape,
  variationalDropout,
  zoneout,
} from "@dropoutkit/core";
import { SIDE } from "../../data/digits.js";
import type { LayerPlan, LstmPlan } from "../../experiment/networks/LayerPlan.js";
import { noiseVariants } from "../../experiment/networks/noiseVariants.js";

/** Noise that a network draws at each step. */
export interface PlannedField {
  /** The site of the part, by which every framework draws it. */
  readonly site: string;
  readonly part: Part;
  /** What the field is drawn for. */
  readonly target: Shape;
  /** How often it is drawn in a step: at each timestep of a sequence, or once. */
  readonly timesteps: number;
}

/** The fields of a step over a batch of so many examples, in the order of the layers. */
export function fieldsOf(plan: readonly LayerPlan[], batch: number): PlannedField[] {
  return plan.flatMap((layer) => {
    switch (layer.kind) {
      case "noise": {
        const { parts } = noiseVariants[layer.variant]({ rate: layer.rate, channels: "last" });
        return parts.map((part) => fieldOf(layer.site, part, [batch, ...layer.shape]));
      }
      case "dense": {
        if (layer.connect === undefined) return [];
        const { parts } = dropConnect({ rate: layer.connect.rate, per: "batch" });
        const targets = { kernel: [layer.inputs, layer.units], bias: [layer.units] };
        return parts.map((part) =>
          fieldOf(layer.name, part, part.at === "kernel" ? targets.kernel : targets.bias),
        );
      }
      case "lstm":
        return recurrentFields(layer, batch);
      default:
        return [];
    }
  });
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
    return fieldOf(name, part, [batch, ...(isSequence ? sizes[part.at] : [units])]);
  });
}

const fieldOf = (site: string, part: Part, target: Shape): PlannedField => ({
  site: partSite(site, part),
  part,
  target,
  timesteps: part.field.perTimestep ? SIDE : 1,
});
