import fc from "fast-check";
import { broadcastsOf, type Cases, derived, namedAt, seeds, sizes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";

/** Lists, matrices, and batches of them that are broadcast on either side. */
const products: Cases = (opset) =>
  fc
    .record({
      m: sizes,
      n: sizes,
      k: sizes,
      batch: fc.array(sizes, { maxLength: 2 }),
      isRow: fc.boolean(),
      isColumn: fc.boolean(),
      seed: seeds,
      named: namedAt(opset),
    })
    // The runtime does not multiply an empty batch by a list.
    .filter(({ batch, isRow, isColumn }) => !(batch.includes(0) && (isRow || isColumn)))
    .chain(({ m, n, k, batch, isRow, isColumn, seed, named }) =>
      fc.tuple(broadcastsOf(batch), broadcastsOf(batch)).map(([left, right]) => ({
        named,
        inputs: [
          derived(seed, isRow ? [k] : [...left, m, k]),
          derived(seed + 1, isColumn ? [k] : [...right, k, n]),
        ],
      })),
    );

/** One matrix for a whole batch, the layer that most models have. */
const dense: Cases = () =>
  fc
    .record({
      batch: fc.array(sizes, { minLength: 1, maxLength: 3 }),
      k: sizes,
      n: sizes,
      seed: seeds,
      named: fc.boolean(),
    })
    .map(({ batch, k, n, seed, named }) => ({
      named,
      inputs: [derived(seed, [...batch, k]), derived(seed + 1, [k, n])],
    }));

gradientLaw("MatMul", { opsets: [7, 9, 13], runs: 30, cases: products });
gradientLaw("MatMul", { opsets: [7, 9, 11, 13, 14], cases: dense });
