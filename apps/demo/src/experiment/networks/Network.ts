/** Of the hidden layers. */
export type Activation = "relu" | "selu";

/** A multilayer perceptron: the units of its hidden layers, and their activation. */
export interface Mlp {
  readonly id: "mlp";
  readonly hidden: readonly number[];
  readonly activation: Activation;
}

/** A network without its noise. */
export type Network = Mlp | { readonly id: "cnn" } | { readonly id: "lstm" };

export type NetworkId = Network["id"];

/** The article's: two hidden layers of 256 units. */
export const ARTICLE_HIDDEN: readonly number[] = [256, 256];

/** `784-256-256-10 relu`, `CNN`, `LSTM`. */
export function networkName(network: Network): string {
  if (network.id !== "mlp") return network.id.toUpperCase();
  return `784-${network.hidden.join("-")}-10 ${network.activation}`;
}
