import { expect, test } from "vitest";
import { backwardModel } from "./caseModels.js";
import { indices, ints } from "./nodeCase.js";

const row = { dims: [2], values: [1, 2] };

test("a size that may be broadcast must be known before opset 13", () => {
  const setting = { opType: "Add", opset: 12, type: "float32" } as const;
  const column = { dims: [3, 1], values: [1, 2, 3] };
  const node = { named: true, inputs: [column, row] };
  expect(() => backwardModel(setting, node, [[3, 2]])).toThrow(
    "gradientModel: tensor x0 must have known sizes at opset 12, got one that may be broadcast (opset 13 or later decides at the run)",
  );
});

test("the axes of a reduction must be constants", () => {
  const setting = { opType: "ReduceSum", opset: 13, type: "float32" } as const;
  const axes = { feed: { type: "int64", data: BigInt64Array.of(0n), dims: [1] } } as const;
  expect(() => backwardModel(setting, { inputs: [row, axes] }, [[1]])).toThrow(
    "gradientModel: ReduceSum node must have constant axes, got x1",
  );
});

test("an Einsum's equation must fit its inputs", () => {
  const setting = { opType: "Einsum", opset: 12, type: "float32" } as const;
  const node = { attributes: { equation: "ij->i" }, inputs: [row] };
  expect(() => backwardModel(setting, node, [[2]])).toThrow(
    "gradientModel: Einsum node must have an equation that fits its inputs, got ij->i for ranks 1",
  );
});

test("an Einsum's gradient has letters for 52 axes", () => {
  const setting = { opType: "Einsum", opset: 12, type: "float32" } as const;
  const letters = String.fromCharCode(
    ...Array.from({ length: 52 }, (_, i) => i + (i < 26 ? 65 : 71)),
  );
  const node = {
    attributes: { equation: `A${letters}->` },
    inputs: [{ dims: new Array<number>(53).fill(1), values: [1] }],
  };
  expect(() => backwardModel(setting, node, [[]])).toThrow(
    "gradientModel: Einsum node must have at most 52 axes of different sizes, got 53",
  );
});

test.each([
  [
    "Slice",
    "gradientModel: Slice node must be of opset 11 or later to be derived here, got opset 10",
  ],
  ["TopK", "gradientModel: TopK node must be of opset 9 or later to be derived here, got opset 8"],
])("what a version has no operators for is a sentence: %s", (opType, message) => {
  const node = {
    Slice: { inputs: [row, ...[0, 2, 0, 2].map((value) => ints([value]))] },
    TopK: { inputs: [row], attributes: { k: 2 }, outputs: 2, read: [0] },
  }[opType];
  const opset = Number(message.match(/\d+$/)?.[0]);
  const setting = { opType, opset, type: "float32" } as const;
  expect(() =>
    backwardModel(setting, node ?? { inputs: [] }, [[opType === "Slice" ? 1 : 2]]),
  ).toThrow(message);
});

test("what is joined must have known sizes before opset 13", () => {
  const setting = { opType: "Concat", opset: 12, type: "float32" } as const;
  const node = { named: true, attributes: { axis: 0 }, inputs: [row, row] };
  expect(() => backwardModel(setting, node, [[4]])).toThrow(
    "gradientModel: tensors that are joined must have known sizes at opset 12, got [n2, n2] (opset 13 or later reads them at the run)",
  );
});

test("Gather must have known sizes before opset 11", () => {
  const setting = { opType: "Gather", opset: 10, type: "float32" } as const;
  const node = { named: true, inputs: [row, indices([1], [0])] };
  expect(() => backwardModel(setting, node, [[1]])).toThrow(
    "gradientModel: Gather node must have known sizes from axis 0 on before opset 11, got [n2]",
  );
});

test("a Resize to sizes must not keep the aspect", () => {
  const setting = { opType: "Resize", opset: 18, type: "float32" } as const;
  const node = {
    attributes: { keep_aspect_ratio_policy: "not_larger" },
    inputs: [row, "", "", ints([3])] as const,
  };
  expect(() => backwardModel(setting, node, [[3]])).toThrow(
    "gradientModel: Resize node must have the keep_aspect_ratio_policy stretch, got not_larger",
  );
});

test("Upsample must have known sizes before opset 9", () => {
  const setting = { opType: "Upsample", opset: 8, type: "float32" } as const;
  const node = { named: true, attributes: { scales: { floats: [2] } }, inputs: [row] };
  expect(() => backwardModel(setting, node, [[4]])).toThrow(
    "gradientModel: tensor x0 must be float32 of known sizes at opset 8, got size n2 (opset 9 or later reads it at the run)",
  );
});
