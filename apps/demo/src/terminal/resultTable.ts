import Table from "cli-table3";
import type { ArmResult } from "../experiment/compare.js";
import { armLabel } from "../experiment/networks/Noise.js";
import type { EpochResult } from "../experiment/train.js";

export const HEAD: readonly string[] = [
  "framework",
  "dropout",
  "epochs",
  "train, noise on",
  "train",
  "validation",
  "gap",
  "seconds",
];

/** The table of an experiment, for a terminal. */
export function resultTable(arms: readonly ArmResult[]): string {
  const table = new Table({
    head: [...HEAD],
    colAligns: ["left", "left", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  table.push(...resultRows(arms));
  return table.toString();
}

/** Its rows: accuracies in percent, as mean ± standard deviation where there are seeds to average. */
export function resultRows(arms: readonly ArmResult[]): string[][] {
  return arms.map(({ framework, results, ...arm }) => {
    const cell = (value: (result: EpochResult) => number, digits = 2): string =>
      summary(results.map(value), digits);
    return [
      framework,
      armLabel(arm),
      String(results[0].epoch),
      cell(({ noisyTrainAccuracy }) => 100 * noisyTrainAccuracy),
      cell(({ trainAccuracy }) => 100 * trainAccuracy),
      cell(({ validationAccuracy }) => 100 * validationAccuracy),
      cell((result) => 100 * (result.trainAccuracy - result.validationAccuracy)),
      cell(({ seconds }) => seconds, 1),
    ];
  });
}

function summary(values: readonly number[], digits: number): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return mean.toFixed(digits);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return `${mean.toFixed(digits)} ± ${Math.sqrt(squares / (values.length - 1)).toFixed(digits)}`;
}
