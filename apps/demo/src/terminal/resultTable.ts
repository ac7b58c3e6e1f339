import Table from "cli-table3";
import type { ArmResult } from "../experiment/compare.js";
import type { EpochResult } from "../experiment/train.js";

const HEAD = [
  "framework",
  "dropout",
  "epochs",
  "train, noise on",
  "train",
  "validation",
  "gap",
  "seconds",
];

/** The table of an experiment: accuracies in percent, as mean ± standard deviation where there are seeds to average. */
export function resultTable(arms: readonly ArmResult[]): string {
  const table = new Table({
    head: HEAD,
    colAligns: ["left", "left", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const { framework, rate, results } of arms) {
    const cell = (value: (result: EpochResult) => number, digits = 2): string =>
      summary(results.map(value), digits);
    table.push([
      framework,
      rate === undefined ? "none" : String(rate),
      String(results[0].epoch),
      cell(({ noisyTrainAccuracy }) => 100 * noisyTrainAccuracy),
      cell(({ trainAccuracy }) => 100 * trainAccuracy),
      cell(({ validationAccuracy }) => 100 * validationAccuracy),
      cell((result) => 100 * (result.trainAccuracy - result.validationAccuracy)),
      cell(({ seconds }) => seconds, 1),
    ]);
  }
  return table.toString();
}

function summary(values: readonly number[], digits: number): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return mean.toFixed(digits);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return `${mean.toFixed(digits)} ± ${Math.sqrt(squares / (values.length - 1)).toFixed(digits)}`;
}
