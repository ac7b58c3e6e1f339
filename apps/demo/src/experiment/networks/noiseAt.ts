import type { NoisePlan } from "./LayerPlan.js";
import type { Noise } from "./Noise.js";

/** Noise of activations at the place of an index, from 0. */
export function noiseAt(
  { variant, rates }: Noise,
  { index, shape }: { readonly index: number; readonly shape: readonly number[] },
): NoisePlan {
  const site = `dropout${index + 1}`;
  switch (variant) {
    case "dropout":
    case "gaussian-dropout":
    case "alpha-dropout":
    case "spatial-dropout":
    case "drop-block":
      return { kind: "noise", site, variant, rate: rates[index], shape };
    case "naive":
      return { kind: "noise", site, variant: "dropout", rate: rates[index], shape };
    default:
      throw new Error(`demo: variant must be one that acts on activations, got ${variant}`);
  }
}
