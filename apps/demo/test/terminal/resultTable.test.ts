import { expect, test } from "vitest";
import { resultTable } from "../../src/terminal/resultTable.js";

const result = (validationAccuracy: number) => ({
  epoch: 10,
  noisyTrainLoss: 0.3,
  noisyTrainAccuracy: 0.9,
  trainAccuracy: 0.995,
  validationLoss: 0.1,
  validationAccuracy,
  seconds: 3,
});

const network = { id: "mlp", hidden: [256, 256], activation: "relu" } as const;
const half = { variant: "dropout", rates: [0.5, 0.5], inputRate: 0 } as const;

test("resultTable: percent, the gap as train minus validation, one row an arm", () => {
  const table = resultTable([
    { framework: "tfjs (wasm)", network, noise: undefined, results: [result(0.978)] },
    { framework: "tfjs (wasm)", network, noise: half, results: [result(0.984)] },
  ]);
  const cells = table.split("\n").map((line) => line.split("│").map((cell) => cell.trim()));
  const rows = cells.filter((line) => line[1] === "tfjs (wasm)").map((line) => line.slice(1, -1));
  expect(rows).toEqual([
    ["tfjs (wasm)", "none", "10", "90.00", "99.50", "97.80", "1.70", "3.0"],
    ["tfjs (wasm)", "0.5", "10", "90.00", "99.50", "98.40", "1.10", "3.0"],
  ]);
});

test("resultTable: mean and sample standard deviation over seeds", () => {
  const results = [result(0.96), result(0.98)];
  const table = resultTable([{ framework: "onnx", network, noise: half, results }]);
  // Of 96 and 98: mean 97, deviation sqrt(((-1)^2 + 1^2) / (2 - 1)) = 1.41.
  expect(table).toContain("97.00 ± 1.41");
});
