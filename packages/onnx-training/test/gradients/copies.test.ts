import fc from "fast-check";
import { broadcastsOf, type Cases, derived, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { ints } from "./nodeCase.js";

const anyShape = fc.record({ dims: shapes(), seed: seeds, named: fc.boolean() });

/** Before opset 14 a Reshape copies sizes that are 0. */
const tiled: Cases = (opset) =>
  anyShape
    .filter(({ dims }) => dims.length > 0 && (opset >= 14 || !dims.includes(0)))
    .chain(({ dims, seed, named }) =>
      fc
        .array(fc.integer({ min: opset >= 14 ? 0 : 1, max: 3 }), {
          minLength: dims.length,
          maxLength: dims.length,
        })
        .map((repeats) => ({ named, inputs: [derived(seed, dims), ints(repeats)] })),
    );

/** The shape may be shorter than X, and have 1 where X has more. */
const expanded: Cases = () =>
  fc
    .record({ full: shapes(), seed: seeds })
    .chain(({ full, seed }) =>
      fc
        .tuple(broadcastsOf(full), broadcastsOf(full))
        .map(([dims, shape]) => ({ inputs: [derived(seed, dims), ints(shape)] })),
    );

gradientLaw("Tile", { opsets: [7, 13, 14, 18], cases: tiled });
gradientLaw("Expand", { opsets: [8, 13, 18], cases: expanded });
