import { makeTensor } from "@dropoutkit/onnx/graph";
import { test } from "vitest";
import { derived } from "./cases.js";
import { expectGradients } from "./finiteDifferences.js";
import { indices, type NodeInput } from "./nodeCase.js";

const scalar = (value: number): NodeInput => ({
  constant: (name) =>
    makeTensor({ name, type: "int64", dims: [], data: BigInt64Array.of(BigInt(value)) }),
});

/** Where the runtime takes a scalar for a list of one number, which exporters write; it takes none for Squeeze and Reduce. */
const nodes = [
  ["Unsqueeze", [scalar(0)]],
  ["Unsqueeze", [scalar(-1)]],
  ["Unsqueeze", [indices([], [1])]],
  ["CumSum", [scalar(-1)]],
  ["Expand", [scalar(1)]],
] as const;

test.each(
  [13, 18, 21, 24].flatMap((opset) =>
    nodes.map(([opType, rest]) => [opType, opset, rest] as const),
  ),
)("%s at opset %d: a scalar is a list of one number", async (opType, opset, rest) => {
  const node = { inputs: [derived(1, [2, 3]), ...rest] };
  await expectGradients({ opType, opset, type: "float32" }, node);
});
