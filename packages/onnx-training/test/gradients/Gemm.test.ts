import fc from "fast-check";
import { broadcastsOf, type Cases, derived, namedAt, seeds, sizes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";

const products: Cases = (opset) =>
  fc
    .record({
      m: sizes,
      n: sizes,
      k: sizes,
      transA: fc.nat(1),
      transB: fc.nat(1),
      isScaled: fc.boolean(),
      // C may be left out since opset 11.
      hasBias: opset >= 11 ? fc.boolean() : fc.constant(true),
      seed: seeds,
      named: namedAt(opset),
    })
    .chain(({ m, n, k, transA, transB, isScaled, hasBias, seed, named }) => {
      const a = derived(seed, transA === 1 ? [k, m] : [m, k]);
      const b = derived(seed + 1, transB === 1 ? [n, k] : [k, n]);
      return broadcastsOf([m, n]).map((dims) => ({
        named,
        attributes: {
          transA,
          transB,
          // Where k is 0 the runtime forgets beta.
          ...(isScaled && k > 0 && { alpha: { float: 0.5 }, beta: { float: -3 } }),
        },
        inputs: hasBias ? [a, b, derived(seed + 2, dims)] : [a, b],
      }));
    });

gradientLaw("Gemm", { opsets: [7, 9, 11, 13], runs: 30, cases: products });
