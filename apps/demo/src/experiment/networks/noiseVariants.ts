import {
  type Channels,
  type ConcreteDropoutOptions,
  concreteDropout,
  type Variant,
} from "@dropoutkit/core";
import { kebabCase, makeVariant, variantTable } from "@dropoutkit/core/adapter";
import type { ConcretePlan, NoiseVariant } from "./LayerPlan.js";

/** Side of DropBlock's squares, in pixels. */
export const BLOCK = 5;

interface VariantOptions {
  readonly rate: number;
  /** Default: the framework's own. */
  readonly channels?: Channels;
}

/** A variant of activations, of core's table, by the name that command lines give it. */
export function noiseVariant(id: NoiseVariant, options: VariantOptions): Variant {
  const entry = variantTable.find(({ name }) => kebabCase(name) === id);
  if (entry === undefined) throw new Error(`demo: variant must be one of core's, got ${id}`);
  const given = { blockSize: BLOCK, ...options };
  const taken = Object.entries(given).filter(([name]) => name === "rate" || name in entry.options);
  return makeVariant(entry, Object.fromEntries(taken));
}

/** Concrete dropout with the paper's weight of the rate's prior, 1 / examples for cross-entropy. */
export const concreteOptions = ({ rate, examples }: ConcretePlan): ConcreteDropoutOptions => ({
  initialRate: rate,
  dropoutRegularizer: 1 / examples,
});

export const concreteVariant = (plan: ConcretePlan): Variant =>
  concreteDropout(concreteOptions(plan));
