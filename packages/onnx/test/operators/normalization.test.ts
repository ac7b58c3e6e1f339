import fc from "fast-check";
import { axis, opsets, shapes } from "./arbitraries.js";
import { floats, type OneNode, testOperators } from "./testOperators.js";

testOperators(
  "BatchNormalization: at inference, and in training with its statistics",
  fc.tuple(shapes(2, 4), opsets(7), fc.boolean()).map(([dims, opset, trains]): OneNode => {
    const channels = floats(dims[1]);
    const isTraining = trains && opset >= 14;
    return {
      opset,
      opType: "BatchNormalization",
      attributes: isTraining ? { training_mode: 1 } : {},
      inputs: [floats(...dims), channels, channels, channels, channels],
      outputs: isTraining ? 3 : 1,
    };
  }),
  { numRuns: 40 },
);

testOperators(
  "LayerNormalization, RMSNormalization: over any axes, with their statistics",
  fc.tuple(shapes(1, 4), opsets(17), fc.boolean()).chain(([dims, opset, isRoot]) =>
    axis(dims.length).map((at): OneNode => {
      const scale = floats(...dims.slice(at));
      const attributes = { axis: at };
      return isRoot
        ? { opset: 23, opType: "RMSNormalization", attributes, inputs: [floats(...dims), scale] }
        : {
            opset,
            opType: "LayerNormalization",
            attributes,
            inputs: [floats(...dims), scale, scale],
            outputs: 3,
          };
    }),
  ),
  { numRuns: 50 },
);

testOperators(
  "normalizations that keep the sizes",
  shapes(4, 4).chain(([batch, half, ...space]) => {
    const x = floats(batch, 2 * half, ...space);
    const channels = floats(2 * half);
    const groups = { num_groups: 2 };
    return fc.constantFrom<OneNode>(
      { opset: 7, opType: "InstanceNormalization", inputs: [x, channels, channels] },
      {
        opset: 18,
        opType: "GroupNormalization",
        attributes: groups,
        inputs: [x, floats(2), floats(2)],
      },
      {
        opset: 21,
        opType: "GroupNormalization",
        attributes: groups,
        inputs: [x, channels, channels],
      },
      { opset: 7, opType: "LRN", attributes: { size: 3 }, inputs: [x] },
      { opset: 7, opType: "LpNormalization", inputs: [x] },
      { opset: 9, opType: "MeanVarianceNormalization", inputs: [x] },
    );
  }),
  { numRuns: 40 },
);
