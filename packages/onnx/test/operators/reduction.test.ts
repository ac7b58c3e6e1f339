import fc from "fast-check";
import { axes, axis, opsets, shapes } from "./arbitraries.js";
import { floats, ints, type OneNode, scalar, testOperators } from "./testOperators.js";

const reducers =
  "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare";

testOperators(
  "Reduce*: axes as an attribute, and since opset 13 or 18 as an input; none of them",
  fc
    .tuple(shapes(1, 4), opsets(11), fc.constantFrom(...reducers.split(" ")), fc.nat(1), fc.nat(1))
    .chain(([dims, opset, opType, keepdims, noop]) =>
      axes(dims.length).map((some): OneNode => {
        const isInput = opset >= (opType === "ReduceSum" ? 13 : 18);
        const data = floats(...dims);
        const given = some.length > 0;
        if (isInput) {
          const attributes = { keepdims, noop_with_empty_axes: noop };
          return { opset, opType, attributes, inputs: given ? [data, ints(...some)] : [data] };
        }
        return {
          opset,
          opType,
          attributes: { keepdims, ...(given ? { axes: some } : {}) },
          inputs: [data],
        };
      }),
    ),
  { numRuns: 120 },
);

testOperators(
  "ArgMax, ArgMin",
  fc
    .tuple(shapes(1, 4), opsets(11), fc.constantFrom("ArgMax", "ArgMin"), fc.nat(1))
    .chain(([dims, opset, opType, keepdims]) =>
      axis(dims.length).map(
        (at): OneNode => ({
          opset,
          opType,
          attributes: { axis: at, keepdims },
          inputs: [floats(...dims)],
        }),
      ),
    ),
);

testOperators(
  "TopK: k as an attribute and as an input",
  fc.tuple(shapes(1, 4), opsets(7)).chain(([dims, opset]) =>
    fc.nat(dims.length - 1).map((at): OneNode => {
      const k = Math.ceil(dims[at] / 2);
      const data = floats(...dims);
      return opset < 10
        ? { opset, opType: "TopK", attributes: { axis: at, k }, inputs: [data], outputs: 2 }
        : { opset, opType: "TopK", attributes: { axis: at }, inputs: [data, ints(k)], outputs: 2 };
    }),
  ),
);

testOperators(
  "losses",
  fc
    .tuple(
      fc.constantFrom("SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"),
      shapes(0, 2),
      fc.constantFrom("none", "mean", "sum"),
      opsets(12),
    )
    .map(([opType, space, reduction, opset]): OneNode => {
      const labels = { type: "int64", dims: [3, ...space] } as const;
      return {
        opset,
        opType,
        attributes: { reduction },
        inputs: [floats(3, 4, ...space), labels],
        outputs: opType === "SoftmaxCrossEntropyLoss" ? 2 : 1,
      };
    }),
);

testOperators(
  "Det, Size",
  fc
    .tuple(shapes(0, 2), opsets(11))
    .chain(([dims, opset]) =>
      fc.constantFrom<OneNode>(
        { opset, opType: "Det", inputs: [floats(...dims, 3, 3)] },
        { opset, opType: "Size", inputs: [floats(...dims, 2)] },
        { opset, opType: "Size", inputs: [scalar("float32", 1)] },
      ),
    ),
);
