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
const ARTICLE_HIDDEN: readonly number[] = [256, 256];

/** The network of an id; hidden layers and activation are the mlp's. */
export function networkFor(
  id: NetworkId,
  {
    hidden = ARTICLE_HIDDEN,
    activation = "relu",
  }: {
    readonly hidden?: readonly number[] | undefined;
    readonly activation?: Activation | undefined;
  },
): Network {
  return id === "mlp" ? { id, hidden, activation } : { id };
}

/** `784-256-256-10 relu`, `CNN`, `LSTM`. */
export function networkName(network: Network): string {
  if (network.id !== "mlp") return network.id.toUpperCase();
  return `784-${network.hidden.join("-")}-10 ${network.activation}`;
}
