import fc from "fast-check";
import { Draft } from "./Draft.js";
import { elementwiseSteps } from "./elementwiseSteps.js";
import { graphSteps } from "./graphSteps.js";
import { moveSteps } from "./moveSteps.js";
import { productSteps } from "./productSteps.js";
import type { Choices } from "./Step.js";

const steps = [...elementwiseSteps, ...productSteps, ...moveSteps, ...graphSteps];

/** What a network is made of; the same for equal plans. */
export interface Plan {
  /** Sizes of the first input. */
  readonly dims: readonly number[];
  readonly steps: readonly (Choices & { readonly step: number })[];
  /** Whether sizes of inputs are names. Where they may be broadcast, only opset 13 and later can tell at the run. */
  readonly named: boolean;
}

const choice = fc.nat(50);

/** 5 to 12 steps: chains that branch and meet, with tensors and weights that are read again. */
export const plans = (opset: number): fc.Arbitrary<Plan> =>
  fc.record({
    dims: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
    steps: fc.array(fc.record({ step: fc.nat(1000), which: choice, other: choice, how: choice }), {
      minLength: 5,
      maxLength: 12,
    }),
    named: opset >= 13 ? fc.boolean() : fc.constant(false),
  });

export function networkOf(opset: number, plan: Plan): Draft {
  const usable = steps.filter(({ since = 7 }) => since <= opset);
  const draft = new Draft({ opset, named: plan.named });
  draft.input(plan.dims);
  for (const { step, ...choices } of plan.steps) usable[step % usable.length].add(draft, choices);
  return draft;
}
