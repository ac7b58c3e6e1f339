/** A drop probability that the page lets people choose. */
export interface RateChoice {
  readonly label: string;
  readonly start: number;
}

/** A way to drop, and its rates. */
export interface VariantChoice {
  readonly id: string;
  readonly label: string;
  readonly rates: readonly RateChoice[];
}

/** A network that the page trains. */
export interface NetworkChoice {
  readonly id: NetworkId;
  readonly label: string;
  readonly about: string;
  readonly variants: readonly VariantChoice[];
  /** Operators of its ONNX model that the ONNX trainer must have gradients of, and has not. */
  readonly missingInOnnx: readonly string[];
}

export type NetworkId = "mlp" | "cnn" | "lstm" | "dropConnect";

const rates = (...labels: readonly string[]): ((start: number) => RateChoice[]) => {
  return (start) => labels.map((label) => ({ label, start }));
};

const hidden = rates("After hidden layer 1", "After hidden layer 2");
const maps = rates("After convolution 1", "After convolution 2");

/** All networks, the article's first. */
export const networks: readonly NetworkChoice[] = [
  {
    id: "mlp",
    label: "MLP",
    about: "784-256-256-10, the article's network",
    variants: [
      { id: "dropout", label: "Dropout", rates: hidden(0.5) },
      { id: "gaussian", label: "Gaussian dropout", rates: hidden(0.5) },
      { id: "alpha", label: "Alpha dropout, with SELU", rates: hidden(0.1) },
    ],
    missingInOnnx: [],
  },
  {
    id: "cnn",
    label: "CNN",
    about: "two convolutions of 8 and 16 channels",
    variants: [
      { id: "spatial", label: "Spatial dropout", rates: maps(0.2) },
      { id: "dropBlock", label: "DropBlock, 5 × 5", rates: maps(0.2) },
      { id: "dropout", label: "Dropout", rates: maps(0.2) },
    ],
    missingInOnnx: ["Conv", "MaxPool"],
  },
  {
    id: "lstm",
    label: "LSTM",
    about: "reads an image row by row, 64 units",
    variants: [
      {
        id: "variational",
        label: "Variational dropout",
        rates: rates("Input", "Hidden state", "Output")(0.2),
      },
      { id: "zoneout", label: "Zoneout", rates: rates("Hidden state", "Cell state")(0.1) },
    ],
    missingInOnnx: ["Scan"],
  },
  {
    id: "dropConnect",
    label: "DropConnect",
    about: "the MLP, with weights dropped in the place of units",
    variants: [
      {
        id: "batch",
        label: "One mask a batch",
        rates: rates("Weights of layer 1", "Weights of layer 2")(0.5),
      },
    ],
    missingInOnnx: [],
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
