import fc from "fast-check";
import { broadcastsOf, type Cases, derived, seeds, shapes, sizes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";

/**
 * With an epsilon of 1 the deviation is at least 1; then a fifth derivative of x / sqrt(x² + 1) is below
 * 50, and weights are below 2.
 */
const smooth = { epsilon: { float: 1 } };
const accuracy = { type: "float32", fifth: 200, ulps: 8 } as const;

/** The values with a weight and perhaps a bias, which broadcast to the axes from one on; of these the runtime wants an entry. */
const layers =
  (weights: 1 | 2, outputs: number): Cases =>
  () =>
    shapes(1)
      .chain((dims) => fc.record({ dims: fc.constant(dims), first: fc.nat(dims.length - 1) }))
      .filter(({ dims, first }) => !dims.slice(first).includes(0))
      .chain(({ dims, first }) =>
        fc.record({
          dims: fc.constant(dims),
          axis: fc.constantFrom(first, first - dims.length),
          scales: fc.array(broadcastsOf(dims.slice(first)), { minLength: 1, maxLength: weights }),
          outputs: fc.constantFrom(1, outputs),
          seed: seeds,
          named: fc.boolean(),
        }),
      )
      .map(({ dims, axis, scales, outputs, seed, named }) => ({
        named,
        attributes: { ...smooth, axis },
        inputs: [dims, ...scales].map((own, i) => derived(seed + i, own)),
        outputs,
      }));

gradientLaw("LayerNormalization", { opsets: [17, 24], ...accuracy, cases: layers(2, 3) });
gradientLaw("RMSNormalization", { opsets: [23, 24], ...accuracy, cases: layers(1, 1) });

/** Values `[batch, channels, ...space]`. */
const images = (channels: fc.Arbitrary<number>, maxLength = 2): fc.Arbitrary<number[]> =>
  fc
    .record({ batch: sizes, channels, space: fc.array(sizes, { minLength: 1, maxLength }) })
    .map(({ batch, channels, space }) => [batch, channels, ...space])
    .filter((dims) => !dims.includes(0));

const instances: Cases = () =>
  fc
    .record({ dims: images(fc.integer({ min: 1, max: 3 })), seed: seeds, named: fc.boolean() })
    .map(({ dims, seed, named }) => ({
      named,
      attributes: smooth,
      inputs: [dims, [dims[1]], [dims[1]]].map((own, i) => derived(seed + i, own)),
    }));

gradientLaw("InstanceNormalization", { opsets: [7, 22], ...accuracy, cases: instances });

const groups: Cases = (opset) =>
  fc
    .record({ groups: fc.integer({ min: 1, max: 2 }), size: fc.integer({ min: 1, max: 2 }) })
    .chain(({ groups, size }) =>
      fc.record({
        groups: fc.constant(groups),
        dims: images(fc.constant(groups * size)),
        seed: seeds,
        named: fc.boolean(),
      }),
    )
    .map(({ groups, dims, seed, named }) => {
      const weights = opset >= 21 ? dims.slice(1, 2) : [groups];
      return {
        named,
        attributes: { ...smooth, num_groups: groups },
        inputs: [dims, weights, weights].map((own, i) => derived(seed + i, own)),
      };
    });

gradientLaw("GroupNormalization", { opsets: [18, 21], ...accuracy, cases: groups });

const neighbours: Cases = () =>
  fc
    .record({
      channels: fc.integer({ min: 1, max: 5 }),
      size: fc.constantFrom(1, 3, 5),
      seed: seeds,
      named: fc.boolean(),
    })
    .map(({ channels, size, seed, named }) => ({
      named,
      attributes: { size, alpha: { float: 0.5 }, beta: { float: 1.5 }, bias: { float: 2 } },
      inputs: [derived(seed, [2, channels, 2, 1])],
    }));

gradientLaw("LRN", { opsets: [7, 13], ...accuracy, cases: neighbours });

const fields: Cases = () =>
  fc
    .record({
      dims: fc.array(sizes, { minLength: 4, maxLength: 4 }).filter((dims) => !dims.includes(0)),
      axes: fc.constantFrom(undefined, [0, 2, 3], [2, 3], [1, 2, 3]),
      seed: seeds,
      named: fc.boolean(),
    })
    .filter(({ dims, axes = [0, 2, 3] }) => axes.some((axis) => dims[axis] > 1))
    .map(({ dims, axes, seed, named }) => {
      // Neighbours along every axis lie on both sides of 0, so that deviations are above 0.8.
      const { values } = derived(seed, dims, { from: 1, to: 2 });
      const signed = values.map((value, i) => (isOdd(i, dims) ? -value : value));
      return { named, attributes: axes && { axes }, inputs: [{ dims, values: signed }] };
    });

/** Whether the places along all axes of an entry have an odd sum. */
function isOdd(entry: number, dims: readonly number[]): boolean {
  let [rest, sum] = [entry, 0];
  for (const size of [...dims].reverse()) {
    sum += rest % size;
    rest = Math.floor(rest / size);
  }
  return sum % 2 === 1;
}

gradientLaw("MeanVarianceNormalization", {
  opsets: [9, 13],
  ...accuracy,
  fifth: 1e4,
  cases: fields,
});
