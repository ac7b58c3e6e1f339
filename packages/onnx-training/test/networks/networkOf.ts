import fc from "fast-check";
import { Draft, type DraftOptions } from "./Draft.js";
import { elementwiseSteps } from "./elementwiseSteps.js";
import { graphSteps } from "./graphSteps.js";
import { imageSteps } from "./imageSteps.js";
import { moveSteps } from "./moveSteps.js";
import { productSteps } from "./productSteps.js";
import type { Choices } from "./Step.js";

const everywhere = [...elementwiseSteps, ...productSteps, ...moveSteps, ...graphSteps];

/** The runtime has kernels of float64 for fewer operators. */
const stepsOf = { float32: [...imageSteps, ...everywhere], float64: everywhere } as const;

/** What a network is made of; the same for equal plans. */
export interface Plan extends DraftOptions {
  /** Sizes of the first input. */
  readonly dims: readonly number[];
  readonly steps: readonly (Choices & { readonly step: number })[];
}

const choice = fc.nat(50);
const some = fc.integer({ min: 1, max: 3 });

/** 5 to 12 steps: chains that branch and meet, with tensors and weights that are read again. In float32 they begin with images. */
export const plans = ({ opset, type }: Pick<DraftOptions, "opset" | "type">): fc.Arbitrary<Plan> =>
  fc.record({
    opset: fc.constant(opset),
    type: fc.constant(type),
    // Where sizes may be broadcast, only opset 13 and later can tell at the run.
    named: opset >= 13 ? fc.boolean() : fc.constant(false),
    dims:
      type === "float32"
        ? fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2, 4), some, some)
        : fc.array(some, { minLength: 1, maxLength: 3 }),
    steps: fc.array(fc.record({ step: fc.nat(1000), which: choice, other: choice, how: choice }), {
      minLength: 5,
      maxLength: 12,
    }),
  });

export function networkOf({ dims, steps, ...options }: Plan): Draft {
  const usable = stepsOf[options.type].filter(({ since = 7 }) => since <= options.opset);
  const draft = new Draft(options);
  draft.input(dims);
  for (const { step, ...choices } of steps) usable[step % usable.length].add(draft, choices);
  return draft;
}
