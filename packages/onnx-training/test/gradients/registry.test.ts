import { expect, test } from "vitest";
import { gradientRules } from "../../src/gradients/registry.js";
import { expectGradients } from "./finiteDifferences.js";

/** Pairs of shapes and the size of their broadcast. */
const broadcasts = [
  [[3, 4], [3, 4], 12],
  [[3, 4], [4], 12],
  [[4], [3, 4], 12],
  [[3, 4], [], 12],
  [[3, 1], [1, 4], 12],
  [[2, 1, 3], [4, 1], 24],
  [[1], [2, 3], 6],
  [[1, 1], [1], 1],
] as const;

for (const opType of ["Add", "Mul"]) {
  test.each(broadcasts)(`${opType}: gradients of %j and %j`, async (a, b, outputSize) => {
    await expectGradients(opType, { inputs: [a, b], outputSize });
  });

  test(`${opType}: a tensor read twice has the sum of both gradients`, async () => {
    await expectGradients(opType, { inputs: [[2, 3]], reads: ["x0", "x0"], outputSize: 6 });
  });
}

test.each([
  [[2, 3], [2, 3], [2, 3], 6],
  [[3], [2, 3], [2, 3], 6],
  [[2, 3], [3], [], 6],
  [[2, 1], [1, 3], [2, 3], 6],
  [[4, 1, 1], [2, 1], [3], 24],
] as const)(
  "Where: gradients under a condition %j of %j and %j",
  async (condition, a, b, outputSize) => {
    await expectGradients("Where", { condition, inputs: [a, b], outputSize });
  },
);

const flags = [0, 1];
const transposes = flags.flatMap((transA) => flags.map((transB) => ({ transA, transB })));
const biases = [undefined, [], [1], [4], [1, 4], [3, 1], [3, 4]];

test.each(transposes.flatMap((trans) => biases.map((bias) => [trans, bias] as const)))(
  "Gemm: gradients with %j and C %j, scaled by alpha and beta",
  async ({ transA, transB }, bias) => {
    const a = transA === 1 ? [2, 3] : [3, 2];
    const b = transB === 1 ? [4, 2] : [2, 4];
    const inputs = bias === undefined ? [a, b] : [a, b, bias];
    const attributes = { transA, transB, alpha: { float: 0.5 }, beta: { float: -3 } };
    await expectGradients("Gemm", { inputs, attributes, outputSize: 12 });
  },
);

test("Gemm: gradients without scales", async () => {
  await expectGradients("Gemm", { inputs: [[3, 2], [2, 4], [4]], outputSize: 12 });
});

test("Gemm: a matrix times itself", async () => {
  await expectGradients("Gemm", { inputs: [[3, 3]], reads: ["x0", "x0"], outputSize: 9 });
});

test.each(["Relu", "Identity"])("%s: gradients", async (opType) => {
  await expectGradients(opType, { inputs: [[2, 3, 2]], outputSize: 12 });
});

test.each([0, 1, 2, -1])("Flatten: gradients at axis %d", async (axis) => {
  await expectGradients("Flatten", { inputs: [[2, 3, 2]], attributes: { axis }, outputSize: 12 });
});

test.each([[[12]], [[-1, 2]], [[0, 6]], [[2, 0, -1]]])("Reshape: gradients to %j", async (ints) => {
  await expectGradients("Reshape", { inputs: [[2, 3, 2]], ints, outputSize: 12 });
});

test("every operator of the registry is tested: here, and SoftmaxCrossEntropyLoss beside", () => {
  expect(Object.keys(gradientRules).sort()).toEqual([
    "Add",
    "Flatten",
    "Gemm",
    "Identity",
    "Mul",
    "Relu",
    "Reshape",
    "SoftmaxCrossEntropyLoss",
    "Where",
  ]);
});
