import fc from "fast-check";
import { type Cases, derived, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";

/** Any axis, named from either end where the version may. */
const alongAxis =
  (extra: readonly Readonly<Record<string, number>>[] = [{}]): Cases =>
  (opset) =>
    shapes(1)
      .chain((dims) =>
        fc.record({
          dims: fc.constant(dims),
          axis: fc.integer({ min: opset >= 11 ? -dims.length : 0, max: dims.length - 1 }),
          extra: fc.constantFrom(...extra),
          seed: seeds,
          named: fc.boolean(),
        }),
      )
      .map(({ dims, axis, extra: more, seed, named }) => ({
        named,
        attributes: { axis, ...more },
        inputs: [derived(seed, dims)],
      }));

/** The default axis: the second before opset 13, the last since. */
const defaultAxis: Cases = () =>
  fc
    .record({ dims: shapes(2), seed: seeds, named: fc.boolean() })
    .map(({ dims, seed, named }) => ({ named, inputs: [derived(seed, dims)] }));

for (const opType of ["Softmax", "LogSoftmax"]) {
  gradientLaw(opType, { opsets: [7, 11, 13], cases: alongAxis() });
  gradientLaw(opType, { opsets: [7, 13], runs: 8, cases: defaultAxis });
}
