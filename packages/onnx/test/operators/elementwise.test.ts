import fc from "fast-check";
import { axis, broadcastable, opsets, shapes } from "./arbitraries.js";
import { floats, type OneNode, testOperators } from "./testOperators.js";

/** Unary operators, by the opset that brought them. */
const unary: readonly (readonly [since: number, names: string])[] = [
  [
    7,
    "Abs Acos Asin Atan Ceil Cos Elu Exp Floor HardSigmoid Hardmax Identity LeakyRelu Log LogSoftmax",
  ],
  [7, "Neg Reciprocal Relu Selu Sigmoid Sin Softmax Softplus Softsign Sqrt Tan Tanh"],
  [9, "Acosh Asinh Atanh Cosh Erf IsNaN Shrink Sign Sinh"],
  [10, "IsInf ThresholdedRelu"],
  [11, "Clip Round"],
  [12, "Celu"],
  [14, "HardSwish Trilu"],
  [18, "Mish"],
  [20, "Gelu"],
  [24, "Swish"],
];
const unaryNames = unary.flatMap(([since, names]) =>
  names.split(" ").map((opType) => ({ since, opType })),
);

testOperators(
  "unary operators",
  fc.constantFrom(...unaryNames).chain(({ since, opType }) =>
    fc.record({
      opset: opsets(since, Math.max(since, 22)),
      opType: fc.constant(opType),
      inputs: shapes(2, 4).map((dims) => [floats(...dims)]),
    }),
  ),
  { numRuns: 120 },
);

const isLogical = (opType: string): boolean => ["And", "Or", "Xor"].includes(opType);

testOperators(
  "broadcast operators of two tensors",
  fc
    .tuple(
      fc.constantFrom(
        ..."Add Div Mul Sub Pow Max Min Mean Sum And Equal Greater Less Or Xor".split(" "),
      ),
      shapes(0, 4),
    )
    .chain(([opType, full]) =>
      fc.record({
        opset: opsets(opType === "Equal" ? 11 : 9),
        opType: fc.constant(opType),
        inputs: fc
          .tuple(broadcastable(full), broadcastable(full))
          .map((both) =>
            both.map((dims) =>
              isLogical(opType) ? ({ type: "bool", dims } as const) : floats(...dims),
            ),
          ),
      }),
    ),
  { numRuns: 100 },
);

testOperators(
  "operators of integers",
  fc
    .tuple(
      fc.constantFrom("Mod", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor"),
      shapes(0, 3),
    )
    .chain(([opType, full]) =>
      fc.record<OneNode>({
        opset: opsets(18),
        opType: fc.constant(opType),
        attributes: fc.constant(opType === "BitShift" ? { direction: "LEFT" } : undefined),
        inputs: fc
          .tuple(broadcastable(full), broadcastable(full))
          .map((both) => both.map((dims) => ({ type: "uint32", dims }) as const)),
      }),
    ),
);

testOperators(
  "comparisons that came later, Where, Sum and Max of three",
  shapes(1, 4).chain((full) =>
    fc.tuple(broadcastable(full), broadcastable(full), broadcastable(full)).chain(([a, b, c]) =>
      fc.constantFrom<OneNode>(
        { opset: 16, opType: "GreaterOrEqual", inputs: [floats(...a), floats(...b)] },
        { opset: 12, opType: "LessOrEqual", inputs: [floats(...a), floats(...b)] },
        {
          opset: 9,
          opType: "Where",
          inputs: [{ type: "bool", dims: c }, floats(...a), floats(...b)],
        },
        { opset: 8, opType: "Sum", inputs: [floats(...a), floats(...b), floats(...c)] },
        { opset: 13, opType: "Max", inputs: [floats(...a), floats(...b), floats(...c)] },
      ),
    ),
  ),
  { numRuns: 40 },
);

testOperators(
  "Cast, CastLike, Clip, Dropout, PRelu, CumSum, Not",
  shapes(1, 4).chain((dims) =>
    fc.constantFrom<OneNode>(
      { opset: 9, opType: "Cast", inputs: [floats(...dims)], attributes: { to: 7 } },
      { opset: 19, opType: "Cast", inputs: [floats(...dims)], attributes: { to: 9 } },
      { opset: 15, opType: "CastLike", inputs: [floats(...dims), { type: "int32", dims: [2] }] },
      {
        opset: 7,
        opType: "Dropout",
        inputs: [floats(...dims)],
        attributes: { ratio: { float: 0.25 } },
      },
      { opset: 13, opType: "Dropout", inputs: [floats(...dims)], outputs: 2 },
      {
        opset: 7,
        opType: "Clip",
        inputs: [floats(...dims)],
        attributes: { min: { float: 0.25 }, max: { float: 1.5 } },
      },
      { opset: 7, opType: "Clip", inputs: [floats(...dims)], attributes: { max: { float: 1 } } },
      { opset: 7, opType: "PRelu", inputs: [floats(...dims), floats(1)] },
      {
        opset: 11,
        opType: "CumSum",
        inputs: [floats(...dims), { type: "int64", dims: [], data: [0] }],
      },
      { opset: 7, opType: "Not", inputs: [{ type: "bool", dims }] },
      { opset: 18, opType: "BitwiseNot", inputs: [{ type: "uint32", dims }] },
    ),
  ),
  { numRuns: 40 },
);

testOperators(
  "Softmax, LogSoftmax, Hardmax: until opset 12 over all axes from one on",
  fc
    .tuple(shapes(1, 4), opsets(11), fc.constantFrom("Softmax", "LogSoftmax", "Hardmax"))
    .chain(([dims, opset, opType]) =>
      axis(dims.length).map(
        (at): OneNode => ({
          opset,
          opType,
          attributes: { axis: at },
          inputs: [floats(...dims)],
        }),
      ),
    ),
  { numRuns: 60 },
);
