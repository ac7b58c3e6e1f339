import { derive, drawUniform } from "@dropoutkit/core";

/** The article's network: two hidden layers of 256 ReLU units. */
const SIZES = [784, 256, 256, 10];

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

/** The network's start values: uniform within 1 / sqrt(inputs), as PyTorch starts a linear layer. */
export function initialNetwork(seed: number): Dense[] {
  const stream = derive(seed, "weights");
  return SIZES.slice(1).map((units, layer) => {
    const inputs = SIZES[layer];
    const bound = 1 / Math.sqrt(inputs);
    const draw = (site: string, shape: readonly number[]): Float32Array =>
      drawUniform({ seed: stream, site, step: 0, shape }).map((u) => (2 * u - 1) * bound);
    return {
      inputs,
      units,
      kernel: draw(`kernel${layer + 1}`, [inputs, units]),
      bias: draw(`bias${layer + 1}`, [units]),
      dropout: layer < SIZES.length - 2 ? `dropout${layer + 1}` : undefined,
    };
  });
}
