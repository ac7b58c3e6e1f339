import fc from "fast-check";
import { opsets, shapes } from "./arbitraries.js";
import { floats, ints, type OneNode, type Operand, testOperators } from "./testOperators.js";

const scales = (...data: number[]): Operand => ({
  type: "float32",
  dims: [data.length],
  data,
  fixed: true,
});

testOperators(
  "Resize, Upsample: by scales and by sizes, of all axes or of some",
  fc
    .tuple(
      shapes(4, 4),
      fc.constantFrom(0.5, 1, 1.3, 2, 2.6),
      fc.constantFrom(1, 1.7, 3),
      opsets(11),
    )
    .chain(([dims, height, width, opset]) => {
      const x = floats(...dims);
      const all = scales(1, 1, height + 1, width);
      const empty = { ...scales(), dims: [0] };
      return fc.constantFrom<OneNode>(
        { opset: 9, opType: "Upsample", inputs: [x, all] },
        { opset: 10, opType: "Resize", inputs: [x, all] },
        { opset: 10, opType: "Resize", inputs: [x, scales(1, 1, 1 / (height + 1), 1 / width)] },
        { opset: 10, opType: "Resize", attributes: { mode: "linear" }, inputs: [x, all] },
        { opset: 9, opType: "Upsample", attributes: { mode: "linear" }, inputs: [x, all] },
        {
          opset: 7,
          opType: "Upsample",
          attributes: { scales: { floats: [1, 1, height + 1, width] } },
          inputs: [x],
        },
        { opset, opType: "Resize", inputs: [x, empty, all] },
        { opset, opType: "Resize", inputs: [x, empty, empty, ints(dims[0], dims[1], 7, 3)] },
        { opset: 13, opType: "Resize", inputs: [x, null, null, ints(dims[0], dims[1], 7, 3)] },
        {
          opset: 18,
          opType: "Resize",
          attributes: { axes: [2, -1] },
          inputs: [x, null, scales(height + 1, width)],
        },
      );
    }),
  { numRuns: 60 },
);

testOperators(
  "GridSample, AffineGrid",
  fc.tuple(shapes(4, 4), shapes(2, 2)).chain(([dims, [height, width]]) =>
    fc.constantFrom<OneNode>(
      {
        opset: 16,
        opType: "GridSample",
        inputs: [floats(...dims), floats(dims[0], height, width, 2)],
      },
      { opset: 20, opType: "AffineGrid", inputs: [floats(dims[0], 2, 3), ints(...dims)] },
      {
        opset: 18,
        opType: "CenterCropPad",
        attributes: { axes: [2, 3] },
        inputs: [floats(...dims), ints(3, 2)],
      },
    ),
  ),
);
