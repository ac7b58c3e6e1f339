import type { LayerPlan } from "./LayerPlan.js";

/** A plan for inference: without what does nothing there. Zoneout stays, which moves states by the mean. */
export function cleanPlan(plan: readonly LayerPlan[]): LayerPlan[] {
  return plan.flatMap((layer): LayerPlan[] => {
    switch (layer.kind) {
      case "noise":
        return [];
      case "dense": {
        const { connect: _, concrete: __, ...dense } = layer;
        return [dense];
      }
      case "lstm": {
        const { noise, ...lstm } = layer;
        return [noise?.variant === "zoneout" ? layer : lstm];
      }
      default:
        return [layer];
    }
  });
}
