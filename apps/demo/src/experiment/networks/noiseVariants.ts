import {
  alphaDropout,
  type Channels,
  type ConcreteDropoutOptions,
  concreteDropout,
  dropBlock,
  dropout,
  gaussianDropout,
  spatialDropout,
  type Variant,
} from "@dropoutkit/core";
import type { ConcretePlan, NoiseVariant } from "./LayerPlan.js";

/** Side of DropBlock's squares, in pixels. */
export const BLOCK = 5;

interface VariantOptions {
  readonly rate: number;
  /** Default: the framework's own. */
  readonly channels?: Channels;
}

/** The variants of activations, as core describes them. */
export const noiseVariants: Readonly<Record<NoiseVariant, (options: VariantOptions) => Variant>> = {
  dropout: ({ rate }) => dropout({ rate }),
  gaussian: ({ rate }) => gaussianDropout({ rate }),
  alpha: ({ rate }) => alphaDropout({ rate }),
  spatial: spatialDropout,
  dropblock: (options) => dropBlock({ ...options, blockSize: BLOCK }),
};

/** Concrete dropout with the paper's weight of the rate's prior, 1 / examples for cross-entropy. */
export const concreteOptions = ({ rate, examples }: ConcretePlan): ConcreteDropoutOptions => ({
  initialRate: rate,
  dropoutRegularizer: 1 / examples,
});

export const concreteVariant = (plan: ConcretePlan): Variant =>
  concreteDropout(concreteOptions(plan));
