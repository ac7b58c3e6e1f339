/** How a network is trained: the same for every framework and every rate. */
export interface Recipe {
  /** Epochs to train; each listed epoch is reported, the last one ends the training. */
  readonly epochs: readonly number[];
  /** Examples of a step. */
  readonly batch: number;
  /** Of Adam. */
  readonly learningRate: number;
  readonly seed: number;
}

/** For the digits that the project draws: few images, so that a network without dropout overfits. */
export const drawnRecipe = { epochs: [40], batch: 64, learningRate: 1e-3 } as const;

/** The article's, for MNIST. */
export const mnistRecipe = { epochs: [10], batch: 128, learningRate: 1e-3 } as const;
