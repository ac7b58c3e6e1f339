import fc from "fast-check";
import { axis, opsets, shapes } from "./arbitraries.js";
import {
  floats,
  ints,
  type OneNode,
  type Operand,
  scalar,
  testOperators,
} from "./testOperators.js";

const product = (dims: readonly number[]): number => dims.reduce((size, dim) => size * dim, 1);

/** Indices, all of them 0. */
const indices = (...dims: number[]): Operand => ({
  type: "int64",
  dims,
  data: Array.from({ length: product(dims) }, () => 0),
});

testOperators(
  "Gather, GatherElements, ScatterElements, Scatter",
  fc.tuple(shapes(1, 4), shapes(0, 2), opsets(11)).chain(([dims, picked, opset]) =>
    axis(dims.length).chain((at) => {
      const attributes = { axis: at };
      const data = floats(...dims);
      const scattered = {
        attributes,
        inputs: [data, indices(...dims.map(() => 1)), floats(...dims.map(() => 1))],
      };
      return fc.constantFrom<OneNode>(
        { opset, opType: "Gather", attributes, inputs: [data, indices(...picked)] },
        { opset, opType: "GatherElements", attributes, inputs: [data, indices(...dims)] },
        { opset, opType: "ScatterElements", ...scattered },
        {
          opset: 9,
          opType: "Scatter",
          ...scattered,
          attributes: { axis: (at + dims.length) % dims.length },
        },
      );
    }),
  ),
  { numRuns: 60 },
);

testOperators(
  "GatherND, ScatterND",
  fc.tuple(shapes(1, 4), shapes(0, 2), opsets(12)).chain(([dims, picked, opset]) =>
    fc.integer({ min: 1, max: dims.length }).chain((depth) => {
      const rows = indices(...picked, depth);
      const batchDims = depth < dims.length ? 1 : 0;
      return fc.constantFrom<OneNode>(
        { opset, opType: "GatherND", inputs: [floats(...dims), rows] },
        {
          opset,
          opType: "GatherND",
          attributes: { batch_dims: batchDims },
          inputs: [floats(...dims), indices(...dims.slice(0, batchDims), ...picked, depth)],
        },
        {
          opset,
          opType: "ScatterND",
          inputs: [floats(...dims), rows, floats(...picked, ...dims.slice(depth))],
        },
      );
    }),
  ),
  { numRuns: 60 },
);

testOperators(
  "OneHot",
  fc.tuple(shapes(1, 3), opsets(9)).chain(([dims, opset]) =>
    axis(dims.length + 1).map(
      (at): OneNode => ({
        opset,
        opType: "OneHot",
        attributes: { axis: at },
        inputs: [indices(...dims), scalar("int64", 5), floats(2)],
      }),
    ),
  ),
  { numRuns: 40 },
);

testOperators(
  "operators that find how many",
  fc.tuple(shapes(2, 3), opsets(11)).chain(([dims, opset]) => {
    const data = floats(...dims);
    const condition: Operand = { type: "bool", dims: [dims[0]] };
    const partial = true;
    return fc.constantFrom<OneNode>(
      { opset, opType: "NonZero", inputs: [data], partial },
      { opset, opType: "Compress", inputs: [data, condition], partial },
      { opset, opType: "Compress", attributes: { axis: 0 }, inputs: [data, condition], partial },
      { opset, opType: "Unique", inputs: [data], outputs: 4, partial },
      { opset, opType: "Unique", attributes: { axis: 1 }, inputs: [data], outputs: 4, partial },
      {
        opset,
        opType: "NonMaxSuppression",
        inputs: [floats(1, 3, 4), floats(1, 2, 3), ints(2)],
        partial,
      },
      { opset, opType: "ReverseSequence", inputs: [data, { type: "int64", dims: [dims[1]] }] },
    );
  }),
  { numRuns: 60 },
);
