import type { ArmResult } from "../experiment/compare.js";
import { armLabel } from "../experiment/networks/Noise.js";
import type { EpochResult } from "../experiment/train.js";

/** Curves over epochs. */
export interface Chart {
  readonly title: string;
  readonly epochs: readonly number[];
  readonly series: readonly Series[];
}

interface Series {
  readonly label: string;
  /** Curves of one arm have one colour. */
  readonly arm: number;
  /** Training is dashed, validation is not. */
  readonly isTraining: boolean;
  /** A value an epoch, the mean over the seeds. */
  readonly values: readonly number[];
}

/** The curves of accuracy and loss of an experiment, whose arms were measured at the same epochs. */
export function chartsOf(arms: readonly ArmResult[]): Chart[] {
  return [
    chart("Accuracy, percent", arms, {
      training: ({ noisyTrainAccuracy }) => 100 * noisyTrainAccuracy,
      validation: ({ validationAccuracy }) => 100 * validationAccuracy,
    }),
    chart("Loss, nats", arms, {
      training: ({ noisyTrainLoss }) => noisyTrainLoss,
      validation: ({ validationLoss }) => validationLoss,
    }),
  ];
}

type Kind = "training" | "validation";

function chart(
  title: string,
  results: readonly ArmResult[],
  values: Readonly<Record<Kind, (result: EpochResult) => number>>,
): Chart {
  const arms = new Map<string, ArmResult[]>();
  for (const result of results) {
    const label = `${result.framework}, ${armLabel(result)}`;
    arms.set(label, [...(arms.get(label) ?? []), result]);
  }
  const epochs = [...new Set(results.map(({ results: [{ epoch }] }) => epoch))];
  const series = [...arms].flatMap(([label, points], arm) =>
    (["training", "validation"] as const).map((kind) => ({
      label: `${label}: ${kind}`,
      arm,
      isTraining: kind === "training",
      values: points.map((point) => meanOf(point.results.map(values[kind]))),
    })),
  );
  return { title, epochs, series };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
