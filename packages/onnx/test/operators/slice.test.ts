import fc from "fast-check";
import { axes, opsets, shapes } from "./arbitraries.js";
import { floats, ints, type OneNode, testOperators } from "./testOperators.js";

const FAR = 2 ** 31 - 1;
const places = fc.constantFrom(-FAR, -7, -3, -2, -1, 0, 1, 2, 3, 7, FAR);

testOperators(
  "Slice: any starts, ends and steps, as attributes and as inputs",
  fc.tuple(shapes(1, 4), opsets(7)).chain(([dims, opset]) =>
    axes(dims.length, 1).chain((some) => {
      const list = (of: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
        fc.array(of, { minLength: some.length, maxLength: some.length });
      return fc
        .tuple(list(places), list(places), list(fc.constantFrom(-2, -1, 1, 2, 3)))
        .map(([starts, ends, steps]): OneNode => {
          const data = floats(...dims);
          const partial = steps.some((step, i) => step < 0 && ends[i] === FAR);
          const front = some.map((one) => (one < 0 ? one + dims.length : one));
          return opset < 10
            ? { opset, opType: "Slice", inputs: [data], attributes: { starts, ends, axes: front } }
            : {
                opset,
                opType: "Slice",
                partial,
                inputs: [data, ints(...starts), ints(...ends), ints(...some), ints(...steps)],
              };
        });
    }),
  ),
  { numRuns: 120 },
);

testOperators(
  "Slice: the first axes, by steps of 1, where neither is given",
  fc.tuple(shapes(2, 4), opsets(10), places, places).map(([dims, opset, start, end]) => ({
    opset,
    opType: "Slice",
    inputs: [floats(...dims), ints(start), ints(end)],
  })),
);
