import type { Network } from "./Network.js";
import type { VariantId } from "./networks.js";

/** The noise of a network. */
export interface Noise {
  readonly variant: VariantId;
  /** Drop probabilities in [0, 1], one for each place that the variant has in the network. */
  readonly rates: readonly number[];
  /** The same of the images' pixels; 0 for none. */
  readonly inputRate: number;
}

/** A network, and the noise that it is trained with. */
export interface Arm {
  readonly network: Network;
  /** Undefined for the network without. */
  readonly noise: Noise | undefined;
}

/** `none`, `none, selu`, `0.5`, `alpha-dropout 0.2/0.1, input 0.1`. */
export function armLabel({ network, noise }: Arm): string {
  if (noise === undefined) {
    return network.id === "mlp" && network.activation === "selu" ? "none, selu" : "none";
  }
  const { variant, rates, inputRate } = noise;
  const different = new Set(rates).size > 1 ? rates : rates.slice(0, 1);
  const input = inputRate > 0 ? `, input ${inputRate}` : "";
  return `${variant === "dropout" ? "" : `${variant} `}${different.join("/")}${input}`;
}
