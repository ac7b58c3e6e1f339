import fc from "fast-check";
import { type Cases, derived, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import type { NodeInput } from "./nodeCase.js";

/** Bounds at -1 and 1, either left out: attributes before opset 11, inputs that are derived by too since. */
const clipped: Cases = (opset) =>
  fc
    .record({
      dims: shapes(),
      hasLow: fc.boolean(),
      hasHigh: fc.boolean(),
      seed: seeds,
      named: fc.boolean(),
    })
    .map(({ dims, hasLow, hasHigh, seed, named }) => {
      const x = derived(seed, dims, { kinks: [-1, 1] });
      const bound = (has: boolean, value: number): NodeInput =>
        has ? { dims: [], values: [value] } : "";
      if (opset >= 11) return { named, inputs: [x, bound(hasLow, -1), bound(hasHigh, 1)] };
      const attributes = {
        ...(hasLow && { min: { float: -1 } }),
        ...(hasHigh && { max: { float: 1 } }),
      };
      return { named, attributes, inputs: [x] };
    });

/** A low bound above the high one: the high one is taken everywhere. */
const crossed: Cases = () =>
  seeds.map((seed) => ({
    inputs: [
      derived(seed, [6], { kinks: [-1, 1] }),
      { dims: [], values: [1] },
      { dims: [], values: [-1] },
    ],
  }));

gradientLaw("Clip", { opsets: [7, 11, 12, 13], type: "float32", cases: clipped });
gradientLaw("Clip", { opsets: [13], runs: 5, type: "float32", cases: crossed });
