import { derive, drawUniform } from "@dropoutkit/core";
import { PIXELS } from "../data/digits.js";

const DIGITS = 10;

/** A multilayer perceptron: the units of its hidden layers, and their activation. */
export interface Network {
  readonly hidden: readonly number[];
  readonly activation: Activation;
}

/** The article's: two hidden layers of 256 units. */
export const ARTICLE_HIDDEN: readonly number[] = [256, 256];

/** One dense layer: `kernel` `[inputs, units]`, `bias` `[units]`. */
export interface Dense {
  readonly inputs: number;
  readonly units: number;
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  /** Name of the dropout after its ReLU; undefined for the layer of the logits. */
  readonly dropout: string | undefined;
}

/** Adam's epsilon in both frameworks; tfjs's own default is 1e-7. */
export const EPSILON = 1e-8;

/** Of the hidden layers. */
export type Activation = "relu" | "selu";

/**
 * The network's start values: uniform within 1 / sqrt(inputs), as PyTorch starts a linear layer; for SELU
 * within sqrt(3 / inputs), a variance of 1 / inputs.
 * @see Klambauer et al. 2017, "Self-Normalizing Neural Networks", section 2 (arXiv:1706.02515).
 */
export function initialNetwork(seed: number, { hidden, activation }: Network): Dense[] {
  const stream = derive(seed, "weights");
  const sizes = [PIXELS, ...hidden, DIGITS];
  return sizes.slice(1).map((units, layer) => {
    const inputs = sizes[layer];
    const bound = Math.sqrt((activation === "selu" ? 3 : 1) / inputs);
    const draw = (site: string, shape: readonly number[]): Float32Array =>
      drawUniform({ seed: stream, site, step: 0, shape }).map((u) => (2 * u - 1) * bound);
    return {
      inputs,
      units,
      kernel: draw(`kernel${layer + 1}`, [inputs, units]),
      bias: draw(`bias${layer + 1}`, [units]),
      dropout: layer < hidden.length ? `dropout${layer + 1}` : undefined,
    };
  });
}
