/** How a network is trained: the same for every framework and every rate. */
export interface Recipe {
  /** Epochs to train; each listed epoch is reported, the last one ends the training. */
  readonly epochs: readonly number[];
  /** Examples of a step. */
  readonly batch: number;
  /** Of Adam. */
  readonly learningRate: number;
  /** Whether the learning rate stays, or falls to 0 along half a cosine (Loshchilov and Hutter 2017, arXiv:1608.03983). */
  readonly schedule: Schedule;
  /** The most that the weights into a hidden unit may be long (Srivastava et al. 2014, section 5.1); no bound if undefined. */
  readonly maxNorm: number | undefined;
  readonly seed: number;
}

/** Adam's epsilon in both frameworks; tfjs's own default is 1e-7. */
export const EPSILON = 1e-8;

/** For the digits that the project draws: few images, so that a network without dropout overfits. */
export const drawnRecipe = {
  epochs: [40],
  batch: 64,
  learningRate: 1e-3,
  schedule: "constant",
} as const;

/** The article's, for MNIST. */
export const mnistRecipe = {
  epochs: [10],
  batch: 128,
  learningRate: 1e-3,
  schedule: "constant",
} as const;

export type Schedule = "constant" | "cosine";

/** The learning rate of a step, which counts from 0, of `steps`. */
export function learningRateAt(
  { learningRate, schedule }: Pick<Recipe, "learningRate" | "schedule">,
  { step, steps }: { readonly step: number; readonly steps: number },
): number {
  if (schedule === "constant") return learningRate;
  return (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}
