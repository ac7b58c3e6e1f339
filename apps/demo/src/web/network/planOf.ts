import type { LayerPlan } from "../../experiment/networks/LayerPlan.js";
import { networkFor } from "../../experiment/networks/Network.js";
import { networkOf, variantOf } from "../../experiment/networks/networks.js";
import { planLayers } from "../../experiment/networks/planLayers.js";
import { OWN, type Settings } from "./Settings.js";

export interface PlanOfOptions {
  /** False for the network without dropout. Default: true. */
  readonly isNoisy?: boolean;
  /** Of the training set, on which learned rates depend. Default: 1. */
  readonly examples?: number;
}

/**
 * The layers of the network that the settings choose.
 * @throws {Error} If that is somebody's own model.
 */
export function planOf(
  { network: id, variant, rates, seed }: Settings,
  { isNoisy = true, examples = 1 }: PlanOfOptions = {},
): LayerPlan[] {
  if (id === OWN) throw new Error("demo: network must be one of the page's, got somebody's own");
  const choice = variantOf(networkOf(id), variant);
  const network = networkFor(id, { activation: choice.activation });
  const noise = isNoisy ? { variant: choice.id, rates, inputRate: 0 } : undefined;
  return planLayers({ network, noise }, { seed, examples });
}
