import type { Activation, NetworkId } from "./Network.js";

/** A drop probability that people choose. */
export interface RateChoice {
  readonly label: string;
  /** What it is unless another is chosen. */
  readonly start: number;
}

/** A way to drop, and its rates; the activation that goes with it is ReLU unless it says another. */
export interface VariantChoice {
  readonly id: VariantId;
  readonly label: string;
  readonly rates: readonly RateChoice[];
  readonly activation?: Activation;
}

/** A network and the variants that it is trained with. */
export interface NetworkChoice {
  readonly id: NetworkId;
  readonly label: string;
  readonly about: string;
  readonly variants: readonly VariantChoice[];
}

export type VariantId =
  | "dropout"
  | "gaussian-dropout"
  | "alpha-dropout"
  | "drop-connect"
  | "concrete-dropout"
  | "spatial-dropout"
  | "drop-block"
  | "variational-dropout"
  | "naive"
  | "zoneout";

const rates = (...labels: readonly string[]): ((start: number) => RateChoice[]) => {
  return (start) => labels.map((label) => ({ label, start }));
};

const hidden = rates("After hidden layer 1", "After hidden layer 2");
const weights = rates("Weights of layer 1", "Weights of layer 2");
const maps = rates("After convolution 1", "After convolution 2");

/** All networks, the article's first. */
export const networks: readonly NetworkChoice[] = [
  {
    id: "mlp",
    label: "MLP",
    about: "784-256-256-10, the article's network",
    variants: [
      { id: "dropout", label: "Dropout", rates: hidden(0.5) },
      { id: "gaussian-dropout", label: "Gaussian dropout", rates: hidden(0.5) },
      {
        id: "alpha-dropout",
        label: "Alpha dropout, with SELU",
        rates: hidden(0.1),
        activation: "selu",
      },
      { id: "drop-connect", label: "DropConnect, one mask a batch", rates: weights(0.5) },
      {
        id: "concrete-dropout",
        label: "Concrete dropout, at learned rates",
        rates: hidden(0.1),
      },
    ],
  },
  {
    id: "cnn",
    label: "CNN",
    about: "two convolutions of 8 and 16 channels",
    variants: [
      { id: "spatial-dropout", label: "Spatial dropout", rates: maps(0.2) },
      { id: "drop-block", label: "DropBlock, 5 × 5", rates: maps(0.2) },
      { id: "dropout", label: "Dropout", rates: maps(0.2) },
    ],
  },
  {
    id: "lstm",
    label: "LSTM",
    about: "reads an image row by row, 64 units",
    variants: [
      {
        id: "variational-dropout",
        label: "Variational dropout",
        rates: rates("Input", "Hidden state", "Output")(0.2),
      },
      {
        id: "naive",
        label: "Dropout drawn anew at each row",
        rates: rates("Input", "Output")(0.2),
      },
      { id: "zoneout", label: "Zoneout", rates: rates("Hidden state", "Cell state")(0.1) },
    ],
  },
];

/** @throws {Error} If there is no such network. */
export function networkOf(id: string): NetworkChoice {
  return found("network", networks, id);
}

/** @throws {Error} If the network has no such variant. */
export function variantOf(network: NetworkChoice, id: string): VariantChoice {
  return found("variant", network.variants, id);
}

function found<T extends { readonly id: string }>(
  what: string,
  choices: readonly T[],
  id: string,
): T {
  const choice = choices.find((one) => one.id === id);
  if (choice === undefined) {
    const ids = choices.map((one) => one.id).join(", ");
    throw new Error(`demo: ${what} must be one of ${ids}, got ${id}`);
  }
  return choice;
}
