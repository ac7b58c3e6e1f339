import type { Activation } from "../network.js";

/** Dropout of activations; `site` names its noise in every framework. */
export interface NoisePlan {
  readonly kind: "noise";
  readonly site: string;
  readonly variant: NoiseVariant;
  readonly rate: number;
  /** Sizes of an example at this place, channels last. */
  readonly shape: readonly number[];
}

export type NoiseVariant = "dropout" | "gaussian" | "alpha" | "spatial" | "dropBlock";

/** `kernel` `[inputs, units]`; with `connect`, weights are dropped in training. */
export interface DensePlan {
  readonly kind: "dense";
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation | "linear";
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly connect?: { readonly rate: number };
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
  readonly kernel: Float32Array;
  readonly recurrentKernel: Float32Array;
  readonly bias: Float32Array;
  readonly noise?: RecurrentNoise;
}

export type RecurrentNoise =
  | {
      readonly variant: "variational";
      readonly inputRate: number;
      readonly stateRate: number;
      readonly outputRate: number;
    }
  | { readonly variant: "zoneout"; readonly stateRate: number; readonly cellRate: number };

/** One layer of a network, in no framework's terms. Examples enter as 784 pixels. */
export type LayerPlan =
  | { readonly kind: "reshape"; readonly shape: readonly number[] }
  | { readonly kind: "pool" }
  | DensePlan
  | ConvolutionPlan
  | LstmPlan
  | NoisePlan;
