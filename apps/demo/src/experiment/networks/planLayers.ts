import { PIXELS } from "../../data/digits.js";
import type { LayerPlan } from "./LayerPlan.js";
import type { Network } from "./Network.js";
import type { Arm } from "./Noise.js";
import { planCnn } from "./planCnn.js";
import { planLstm } from "./planLstm.js";
import { type PlanOptions, planMlp } from "./planMlp.js";

type StartOptions = Omit<PlanOptions, "noise">;

/** The layers of a network with their start values: the same for every framework, with noise and without. */
export function planLayers({ network, noise }: Arm, start: StartOptions): LayerPlan[] {
  const layers = layersOf(network, { noise, ...start });
  if (noise === undefined || noise.inputRate === 0) return layers;
  const { inputRate: rate } = noise;
  const shape = [PIXELS];
  return [{ kind: "noise", site: "input", variant: "dropout", rate, shape }, ...layers];
}

function layersOf(network: Network, options: PlanOptions): LayerPlan[] {
  switch (network.id) {
    case "mlp":
      return planMlp(network, options);
    case "cnn":
      return planCnn(options);
    case "lstm":
      return planLstm(options);
  }
}
