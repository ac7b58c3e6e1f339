import fc from "fast-check";
import { opsets, shapes } from "./arbitraries.js";
import { floats, type OneNode, testOperators } from "./testOperators.js";

testOperators(
  "quantization",
  fc.tuple(shapes(1, 4), opsets(13)).chain(([dims, opset]) => {
    const zero = { type: "uint8", dims: [] } as const;
    const quantised = { type: "uint8", dims } as const;
    return fc.constantFrom<OneNode>(
      { opset, opType: "QuantizeLinear", inputs: [floats(...dims), floats(), zero] },
      { opset, opType: "QuantizeLinear", inputs: [floats(...dims), floats()] },
      { opset, opType: "DequantizeLinear", inputs: [quantised, floats(), zero] },
      { opset, opType: "DynamicQuantizeLinear", inputs: [floats(...dims)], outputs: 3 },
    );
  }),
);
