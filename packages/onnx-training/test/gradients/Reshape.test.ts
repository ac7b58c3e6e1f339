import fc from "fast-check";
import { type Cases, derived, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { ints } from "./nodeCase.js";

const anyShape = fc.record({ dims: shapes(), seed: seeds, named: fc.boolean() });

/** Targets with a size that is left open, or copied. Before opset 14 no shape may have a size of 0 of its own. */
const reshaped: Cases = (opset) =>
  anyShape
    .filter(({ dims }) => opset >= 14 || !dims.includes(0))
    .chain(({ dims, seed, named }) =>
      fc
        .constantFrom([-1], [1, -1], [-1, 1], dims.includes(0) ? [-1] : [...dims, -1])
        .map((target) => ({ named, inputs: [derived(seed, dims), ints(target)] })),
    );

const flattened: Cases = (opset) =>
  anyShape
    .filter(({ dims }) => opset >= 14 || !dims.includes(0))
    .chain(({ dims, seed, named }) =>
      fc
        .integer({ min: opset >= 11 ? -dims.length : 0, max: dims.length })
        .map((axis) => ({ named, attributes: { axis }, inputs: [derived(seed, dims)] })),
    );

gradientLaw("Reshape", { opsets: [7, 13, 14], cases: reshaped });
gradientLaw("Flatten", { opsets: [9, 11, 13, 14], cases: flattened });
