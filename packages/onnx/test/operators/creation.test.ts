import fc from "fast-check";
import { opsets, shapes } from "./arbitraries.js";
import { floats, ints, type OneNode, scalar, testOperators } from "./testOperators.js";

testOperators(
  "Shape: of all axes, and since opset 15 of some",
  fc
    .tuple(
      shapes(0, 4),
      opsets(15),
      fc.integer({ min: -5, max: 5 }),
      fc.integer({ min: -5, max: 5 }),
    )
    .map(
      ([dims, opset, start, end]): OneNode => ({
        opset,
        opType: "Shape",
        attributes: { start, end },
        inputs: [floats(...dims)],
      }),
    ),
  { numRuns: 40 },
);

testOperators(
  "ConstantOfShape, EyeLike",
  fc
    .tuple(shapes(2, 2), opsets(9, 21))
    .chain(([dims, opset]) =>
      fc.constantFrom<OneNode>(
        { opset, opType: "ConstantOfShape", inputs: [ints(...dims)] },
        { opset, opType: "EyeLike", inputs: [floats(...dims)] },
        { opset, opType: "EyeLike", attributes: { dtype: 7 }, inputs: [floats(...dims)] },
      ),
    ),
);

testOperators(
  "Range: of integers and floats, forward and back",
  fc
    .tuple(
      fc.constantFrom("int64", "int32", "float32"),
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -9, max: 9 }),
      fc.constantFrom(-3, -1, 1, 2, 4),
      opsets(11),
    )
    .map(
      ([type, start, limit, delta, opset]): OneNode => ({
        opset,
        opType: "Range",
        inputs: [scalar(type, start), scalar(type, limit), scalar(type, delta)],
      }),
    ),
  { numRuns: 40 },
);

testOperators(
  "random numbers",
  fc.tuple(shapes(2, 2), opsets(15, 21)).chain(([dims, opset]) =>
    fc.constantFrom<OneNode>(
      { opset, opType: "RandomNormal", isRandom: true, attributes: { shape: dims }, inputs: [] },
      {
        opset,
        opType: "RandomUniform",
        isRandom: true,
        attributes: { shape: dims, dtype: 11 },
        inputs: [],
      },
      { opset, opType: "RandomNormalLike", isRandom: true, inputs: [floats(...dims)] },
      {
        opset,
        opType: "RandomUniformLike",
        isRandom: true,
        attributes: { dtype: 11 },
        inputs: [floats(...dims)],
      },
      { opset, opType: "Bernoulli", isRandom: true, inputs: [floats(...dims)] },
      {
        opset,
        opType: "Multinomial",
        isRandom: true,
        attributes: { sample_size: 3 },
        inputs: [floats(...dims)],
      },
    ),
  ),
  { numRuns: 30, newest: 21 },
);

testOperators(
  "windows and Fourier transforms of signals",
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.nat(1), fc.nat(1))
    .chain(([batch, onesided, isComplex]) => {
      const signal = floats(batch, 8, 1 + isComplex);
      // Of a complex signal all frequencies are needed.
      const attributes = { onesided: isComplex === 1 ? 0 : onesided };
      return fc.constantFrom<OneNode>(
        { opset: 17, opType: "HannWindow", inputs: [scalar("int64", 8)] },
        { opset: 17, opType: "HammingWindow", inputs: [scalar("int64", 8)] },
        {
          opset: 17,
          opType: "BlackmanWindow",
          attributes: { output_datatype: 11 },
          inputs: [scalar("int64", 8)],
        },
        {
          opset: 17,
          opType: "DFT",
          attributes: { ...attributes, axis: 1 },
          inputs: [signal],
          partial: true,
        },
        { opset: 20, opType: "DFT", attributes, inputs: [signal], partial: true },
        {
          opset: 17,
          opType: "MelWeightMatrix",
          inputs: [
            scalar("int64", 4),
            scalar("int64", 16),
            scalar("int64", 8192),
            scalar("float32", 0),
            scalar("float32", 4096),
          ],
        },
      );
    }),
  { numRuns: 30 },
);
