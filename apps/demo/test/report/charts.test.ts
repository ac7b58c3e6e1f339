import { expect, test } from "vitest";
import { chartsOf } from "../../src/report/charts.js";

const network = { id: "mlp", hidden: [256, 256], activation: "relu" } as const;
const half = { variant: "dropout", rates: [0.5, 0.5], inputRate: 0 } as const;

const result = (epoch: number, validationAccuracy: number) => ({
  epoch,
  noisyTrainLoss: 0.3,
  noisyTrainAccuracy: 0.9,
  trainAccuracy: 0.995,
  validationLoss: 0.1,
  validationAccuracy,
  seconds: 3,
});

/** Both arms in a framework at two epochs, of two seeds. */
const armsIn = (framework: string) =>
  [undefined, half].flatMap((noise) =>
    [1, 2].map((epoch) => ({
      framework,
      network,
      noise,
      results: [result(epoch, 0.25), result(epoch, 0.75)],
    })),
  );

test("chartsOf: each quantity has a chart a framework, with the same arms in the same places", () => {
  const charts = chartsOf([...armsIn("tfjs"), ...armsIn("onnx")]);
  expect(charts.map(({ quantity, framework }) => [quantity, framework])).toEqual([
    ["Accuracy, percent", "tfjs"],
    ["Accuracy, percent", "onnx"],
    ["Loss, nats", "tfjs"],
    ["Loss, nats", "onnx"],
  ]);
  for (const { epochs, series } of charts) {
    expect(epochs).toEqual([1, 2]);
    expect(series.map(({ label, arm, isTraining }) => [label, arm, isTraining])).toEqual([
      ["none: training", 0, true],
      ["none: validation", 0, false],
      ["0.5: training", 1, true],
      ["0.5: validation", 1, false],
    ]);
  }
  expect(charts[0].series[1].values).toEqual([50, 50]);
});
