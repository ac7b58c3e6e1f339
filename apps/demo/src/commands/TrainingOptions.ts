import type { DatasetName } from "../data/datasets.js";
import type { NetworkId } from "../experiment/networks/Network.js";
import type { VariantId } from "../experiment/networks/networks.js";
import type { Schedule } from "../experiment/recipe.js";

/** Which images are trained on. */
export interface DataOptions {
  readonly data?: string;
  readonly download?: DatasetName;
  /** How many of the training images. */
  readonly images?: number;
}

/** A variant of noise, with rates of its own where they were given. */
export interface ChosenVariant {
  readonly variant: VariantId;
  readonly rates?: readonly number[];
}

/** A network with noise, and how it is trained. */
export interface TrainingOptions extends DataOptions {
  readonly network: NetworkId;
  readonly hidden?: readonly number[];
  /** Default: the network's first. */
  readonly variant?: readonly ChosenVariant[];
  readonly rate?: readonly number[];
  readonly inputRate: number;
  readonly maxNorm?: number;
  readonly epochs?: readonly number[];
  readonly batch?: number;
  readonly learningRate?: number;
  readonly schedule: Schedule;
  readonly seed: number;
}
