import type { Activation } from "./Network.js";

/** Noise of activations; `site` names it in every framework. */
export interface NoisePlan {
  readonly kind: "noise";
  readonly site: string;
  readonly variant: NoiseVariant;
  readonly rate: number;
  /** Sizes of an example at this place, channels last. */
  readonly shape: readonly number[];
}

export type NoiseVariant =
  | "dropout"
  | "gaussian-dropout"
  | "alpha-dropout"
  | "spatial-dropout"
  | "drop-block";

/** What enters a layer is dropped at a rate that is learned, from this one on. */
export interface ConcretePlan {
  readonly site: string;
  readonly rate: number;
  /** Of the data set: the penalty weighs a prior against so many. */
  readonly examples: number;
}

/** `kernel` `[inputs, units]`. */
export interface DensePlan {
  readonly kind: "dense";
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation | "linear";
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  /** Weights are dropped in training. */
  readonly connect?: { readonly rate: number };
  readonly concrete?: ConcretePlan;
}

/** 3 x 3 with ReLU, stride 1, no padding; `kernel` `[3, 3, channels, filters]`. */
export interface ConvolutionPlan {
  readonly kind: "convolution";
  readonly name: string;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** Gates in the order input, forget, cell, output; gives the last output. */
export interface LstmPlan {
  readonly kind: "lstm";
  readonly name: string;
  readonly features: number;
  readonly units: number;
  /** `[features, 4 units]` */
  readonly kernel: Float32Array;
  /** `[units, 4 units]` */
  readonly recurrentKernel: Float32Array;
  readonly bias: Float32Array;
  readonly noise?: RecurrentNoise;
}

export type RecurrentNoise =
  | {
      readonly variant: "variational-dropout";
      readonly inputRate: number;
      readonly stateRate: number;
      readonly outputRate: number;
    }
  | { readonly variant: "zoneout"; readonly stateRate: number; readonly cellRate: number };

/** What an example's values become: `[...shape]` in row-major order, channels last. */
export interface ReshapePlan {
  readonly kind: "reshape";
  readonly shape: readonly number[];
}

/** The largest of 2 x 2, stride 2. */
export interface PoolPlan {
  readonly kind: "pool";
}

/** One layer of a network, in no framework's terms. Examples enter as 784 pixels. */
export type LayerPlan = ReshapePlan | PoolPlan | DensePlan | ConvolutionPlan | LstmPlan | NoisePlan;
