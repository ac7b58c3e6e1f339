import type { ArmResult } from "../experiment/compare.js";
import { armLabel } from "../experiment/networks/Noise.js";
import type { EpochResult } from "../experiment/train.js";

/** Curves of one quantity in one framework, over epochs. */
export interface Chart {
  readonly quantity: string;
  readonly framework: string;
  readonly epochs: readonly number[];
  readonly series: readonly Series[];
}

interface Series {
  readonly label: string;
  /** Curves of one arm have one colour, in all charts. */
  readonly arm: number;
  /** Training is dashed, validation is not. */
  readonly isTraining: boolean;
  /** A value an epoch, the mean over the seeds. */
  readonly values: readonly number[];
}

/** The curves of accuracy and loss of an experiment, whose arms were measured at the same epochs. */
export function chartsOf(arms: readonly ArmResult[]): Chart[] {
  const accuracy: Values = {
    training: ({ noisyTrainAccuracy }) => 100 * noisyTrainAccuracy,
    validation: ({ validationAccuracy }) => 100 * validationAccuracy,
  };
  const loss: Values = {
    training: ({ noisyTrainLoss }) => noisyTrainLoss,
    validation: ({ validationLoss }) => validationLoss,
  };
  return [...charts("Accuracy, percent", arms, accuracy), ...charts("Loss, nats", arms, loss)];
}

type Kind = "training" | "validation";

type Values = Readonly<Record<Kind, (result: EpochResult) => number>>;

/** A chart for each framework. */
function charts(quantity: string, arms: readonly ArmResult[], values: Values): Chart[] {
  const labels = [...new Set(arms.map(armLabel))];
  const frameworks = [...new Set(arms.map(({ framework }) => framework))];
  return frameworks.map((framework) => {
    const own = arms.filter((arm) => arm.framework === framework);
    const epochs = [...new Set(own.map(({ results: [{ epoch }] }) => epoch))];
    const series = labels.flatMap((label, arm) => {
      const points = own.filter((point) => armLabel(point) === label);
      return (["training", "validation"] as const).map((kind) => ({
        label: `${label}: ${kind}`,
        arm,
        isTraining: kind === "training",
        values: points.map(({ results }) => meanOf(results.map(values[kind]))),
      }));
    });
    return { quantity, framework, epochs, series };
  });
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
