import { expect, test } from "vitest";
import { backwardModel } from "./caseModels.js";

const row = { dims: [2], values: [1, 2] };

test("a size that may be broadcast must be known before opset 13", () => {
  const setting = { opType: "Add", opset: 12, type: "float32" } as const;
  const column = { dims: [3, 1], values: [1, 2, 3] };
  const node = { named: true, inputs: [column, row] };
  expect(() => backwardModel(setting, node, [[3, 2]])).toThrow(
    "gradient: tensor x0 must have known sizes at opset 12, got one that may be broadcast (opset 13 or later decides at the run)",
  );
});

test("the axes of a reduction must be constants", () => {
  const setting = { opType: "ReduceSum", opset: 13, type: "float32" } as const;
  const axes = { feed: { type: "int64", data: BigInt64Array.of(0n), dims: [1] } } as const;
  expect(() => backwardModel(setting, { inputs: [row, axes] }, [[1]])).toThrow(
    "gradient: ReduceSum node must have constant axes, got x1",
  );
});

test("an Einsum's equation must fit its inputs", () => {
  const setting = { opType: "Einsum", opset: 12, type: "float32" } as const;
  const node = { attributes: { equation: "ij->i" }, inputs: [row] };
  expect(() => backwardModel(setting, node, [[2]])).toThrow(
    "gradient: Einsum node must have an equation that fits its inputs, got ij->i for ranks 1",
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
    "gradient: Einsum node must have at most 52 axes of different sizes, got 53",
  );
});
