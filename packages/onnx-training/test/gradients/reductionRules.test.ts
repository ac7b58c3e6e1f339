import fc from "fast-check";
import { type Domain, distinctValues, seeds, shapes, valuesIn } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { ints, type NodeCase } from "./nodeCase.js";

/** Any axes of a tensor, named from either end, as an attribute or an input. */
const reduced =
  ({
    axesAsInput = 18,
    values,
  }: {
    axesAsInput?: number;
    values: (seed: number, dims: readonly number[]) => number[];
  }) =>
  (opset: number): fc.Arbitrary<NodeCase> =>
    shapes()
      .chain((dims) =>
        fc.record({
          dims: fc.constant(dims),
          axes: fc.subarray([...dims.keys()]),
          fromEnd: opset >= 11 ? fc.boolean() : fc.constant(false),
          keepdims: fc.constantFrom(undefined, 0, 1),
          noop: fc.boolean(),
          seed: seeds,
          named: fc.boolean(),
        }),
      )
      .map(({ dims, axes, fromEnd, keepdims, noop, seed, named }) => {
        // Where a size is 0, the runtime leaves an axis that is named from the end in place.
        const list = axes.map((axis) => (fromEnd && !dims.includes(0) ? axis - dims.length : axis));
        const x = { dims, values: values(seed, dims) };
        const isInput = opset >= axesAsInput;
        const attributes = {
          ...(keepdims !== undefined && { keepdims }),
          ...(isInput && noop && { noop_with_empty_axes: 1 }),
          ...(!isInput && list.length > 0 && { axes: list }),
        };
        return { named, attributes, inputs: isInput ? [x, ints(list)] : [x] };
      });

const inDomain = (domain?: Domain) => (seed: number, dims: readonly number[]) =>
  valuesIn(seed, dims, domain);
const distinct = (seed: number, dims: readonly number[]) =>
  distinctValues(seed, [dims.reduce((product, size) => product * size, 1)])[0];

/** Zeros among the entries: none, one or several of those that are multiplied. */
const someZeros = (seed: number, dims: readonly number[]) =>
  valuesIn(seed, dims).map((value) => (Math.abs(value) < 0.7 ? 0 : value));

const away = { kinks: [0] };
const single = "float32";

gradientLaw("ReduceSum", {
  opsets: [7, 8, 11, 13],
  cases: reduced({ axesAsInput: 13, values: inDomain() }),
});
gradientLaw("ReduceMean", { opsets: [7, 11, 13, 18], cases: reduced({ values: inDomain() }) });
gradientLaw("ReduceMax", { opsets: [7, 11, 13, 18], cases: reduced({ values: distinct }) });
gradientLaw("ReduceMin", { opsets: [7, 11, 13, 18], cases: reduced({ values: distinct }) });
gradientLaw("ReduceProd", {
  opsets: [7, 11, 13, 18],
  type: single,
  ulps: 32,
  cases: reduced({ values: someZeros }),
});
gradientLaw("ReduceL1", {
  opsets: [7, 9, 11, 13, 18],
  type: single,
  cases: reduced({ values: inDomain(away) }),
});
gradientLaw("ReduceL2", {
  opsets: [7, 11, 13, 18],
  type: single,
  fifth: 400,
  cases: reduced({ values: inDomain({ from: 0.5, to: 2 }) }),
});
gradientLaw("ReduceLogSum", {
  opsets: [7, 11, 13, 18],
  type: single,
  fifth: 800,
  cases: reduced({ values: inDomain({ from: 0.5, to: 2 }) }),
});
gradientLaw("ReduceLogSumExp", { opsets: [7, 11, 13, 18], cases: reduced({ values: inDomain() }) });
gradientLaw("ReduceSumSquare", { opsets: [7, 11, 13, 18], cases: reduced({ values: inDomain() }) });
