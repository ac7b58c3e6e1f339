import fc from "fast-check";
import { derived, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";

gradientLaw("LpNormalization", {
  opsets: [7, 9, 13, 22],
  type: "float32",
  // Along a vector of norm r ≥ 1/2 the fifth derivative of x / norm(x) is below 120 / r^5.
  fifth: 4000,
  cases: (opset) =>
    shapes(1)
      // The runtime divides by a size of 0.
      .filter((dims) => !dims.includes(0))
      .chain((dims) =>
        fc.record({
          dims: fc.constant(dims),
          axis: fc.integer({ min: opset >= 11 ? -dims.length : 0, max: dims.length - 1 }),
          p: fc.constantFrom(1, 2),
          seed: seeds,
          named: fc.boolean(),
        }),
      )
      .map(({ dims, axis, p, seed, named }) => {
        const { values } = derived(seed, dims, { from: 0.7, to: 2 });
        const signed = values.map((value, i) => (i % 3 === 1 ? -value : value));
        return { named, attributes: { axis, p }, inputs: [{ dims, values: signed }] };
      }),
});
