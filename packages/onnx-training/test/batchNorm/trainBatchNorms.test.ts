import { drawUniform } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import { describe, expect, test } from "vitest";
import { backward } from "../../src/backward/backward.js";
import { runningStatisticsOf, trainBatchNorms } from "../../src/batchNorm/trainBatchNorms.js";
import { gradientModel } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";

const x = {
  type: "float32",
  data: Float32Array.of(1, 2, 3, 5, -1, 0, 4, 2, 6, 0, 1, 1),
  dims: [3, 2, 2],
} as const;
const loss = "loss";

interface NetOptions {
  readonly opset: number;
  /** How many times the normalisation is applied. */
  readonly times?: number;
  readonly batch?: number | string;
}

/** `y` = x normalised `times` times by the same weights, and `loss` = Σ y³. Statistics are initializers. */
function net({ opset, times = 1, batch = 3 }: NetOptions): OnnxModel {
  const builder = new GraphBuilder();
  const weight = (name: string, ...values: number[]) =>
    builder.constant(
      makeTensor({ name, type: "float32", dims: [2], data: Float32Array.from(values) }),
    );
  const weights = [weight("scale", 1, -2), weight("bias", 0.5, 1)];
  const running = [weight("mean", 1, 3), weight("variance", 2, 4)];
  let y = "x";
  for (let i = 1; i <= times; i++) {
    const outputs = [i === times ? "y" : `y${i}`];
    const attributes = { momentum: { float: 0.75 } };
    y = builder.op("BatchNormalization", [y, ...weights, ...running], { attributes, outputs });
  }
  const cube = builder.op("Mul", [builder.op("Mul", [y, y]), y]);
  builder.op("ReduceSum", [cube], { attributes: { keepdims: 0 }, outputs: [loss] });
  const type = "float32";
  return builder.model({
    name: "net",
    inputs: [makeValueInfo("x", { type, dims: [batch, 2, 2] })],
    outputs: [makeValueInfo("y", { type, dims: [batch, 2, 2] })],
    opset,
  });
}

/** Runs a net in training: its output, gradients and the statistics after the step. */
async function train(model: OnnxModel): Promise<Record<string, number[]>> {
  const statistics = trainBatchNorms(model);
  const names = ["x", "scale", "bias"];
  backward(model, { owner: "gradientModel", loss, withRespectTo: names });
  const type = "float32";
  for (const { next, dims } of statistics)
    model.graph.output.push(makeValueInfo(next, { type, dims }));
  for (const name of names)
    model.graph.output.push(
      makeValueInfo(`${name}.grad`, { type, dims: name === "x" ? [3, 2, 2] : [2] }),
    );
  const run = await openModel(model);
  const results = await run({ x });
  const renamed = new Map(statistics.map(({ name, next }) => [next, `${name}.next`]));
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [renamed.get(name) ?? name, numbersOf(tensor)]),
  );
}

/** Mean and variance (over n - 1) of each channel of `values [3, 2, 2]`. */
function statisticsOf(values: ArrayLike<number>): { mean: number[]; variance: number[] } {
  const channels = [0, 1].map((c) => Array.from(values).filter((_, i) => (i >> 1) % 2 === c));
  const mean = channels.map((list) => list.reduce((sum, v) => sum + v, 0) / list.length);
  const variance = channels.map(
    (list, c) => list.reduce((sum, v) => sum + (v - mean[c]) ** 2, 0) / (list.length - 1),
  );
  return { mean, variance };
}

const expectNear = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length);
  // A dozen float32 operations on numbers below 300.
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(12 * 300 * 2 ** -24);
  });
};

describe("trainBatchNorms", () => {
  test.each([7, 9, 13, 14, 15, 18, 24])(
    "outputs and gradients at opset %d are those of a batch's own statistics, whose averages move",
    async (opset) => {
      const { mean, variance } = statisticsOf(x.data);
      const results = await train(net({ opset }));
      const [scale, bias] = [
        [1, -2],
        [0.5, 1],
      ];
      const deviation = variance.map((v) => Math.sqrt((v * 5) / 6 + 1e-5));
      const channel = (i: number): number => (i >> 1) % 2;
      const normal = Array.from(x.data, (v, i) => (v - mean[channel(i)]) / deviation[channel(i)]);
      const y = normal.map((v, i) => scale[channel(i)] * v + bias[channel(i)]);
      expectNear(results.y, y);
      expectNear(
        results["mean.next"],
        [1, 3].map((v, c) => 0.75 * v + 0.25 * mean[c]),
      );
      expectNear(
        results["variance.next"],
        [2, 4].map((v, c) => 0.75 * v + 0.25 * variance[c]),
      );
      // Per channel, with g = 3 y²: Σ g, Σ g · normal, and scale / deviation · (g - mean(g) - normal · mean(g · normal)).
      const g = y.map((v) => 3 * v * v);
      const sum = (of: (i: number) => number): number[] =>
        [0, 1].map((c) => g.reduce((total, _, i) => total + (channel(i) === c ? of(i) : 0), 0));
      const byBias = sum((i) => g[i]);
      const byScale = sum((i) => g[i] * normal[i]);
      expectNear(results["bias.grad"], byBias);
      expectNear(results["scale.grad"], byScale);
      expectNear(
        results["x.grad"],
        g.map((v, i) => {
          const c = channel(i);
          return (scale[c] / deviation[c]) * (v - byBias[c] / 6 - (normal[i] * byScale[c]) / 6);
        }),
      );
    },
  );

  test("the variance of 200,704 entries a channel is within 4 units of the last place", async () => {
    const dims = [64, 1, 56, 56];
    const builder = new GraphBuilder();
    const weight = (name: string, value: number) =>
      builder.constant(
        makeTensor({ name, type: "float32", dims: [1], data: Float32Array.of(value) }),
      );
    const inputs = ["x", weight("scale", 1), weight("bias", 0), weight("mean", 0), weight("v", 0)];
    // With momentum 0 a running statistic is the batch's own.
    const attributes = { momentum: { float: 0 } };
    builder.op("BatchNormalization", inputs, { attributes, outputs: ["y"] });
    builder.op("ReduceSum", ["y"], { attributes: { keepdims: 0 }, outputs: [loss] });
    const type = "float32";
    const model = builder.model({
      name: "large",
      inputs: [makeValueInfo("x", { type, dims })],
      outputs: [],
      opset: 15,
    });
    const [, variance] = trainBatchNorms(model);
    model.graph.output.push(makeValueInfo(variance.next, { type, dims: [1] }));
    const run = await openModel(gradientModel(model, { loss, withRespectTo: ["scale"] }));
    const data = drawUniform({ seed: 4, site: "x", step: 0, shape: dims });
    const results = await run({ x: { type, data, dims } });
    const mean = data.reduce((sum, v) => sum + v, 0) / data.length;
    const squares = data.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    const exact = squares / (data.length - 1);
    const [actual] = numbersOf(results[variance.next]);
    expect(Math.abs(actual - exact)).toBeLessThanOrEqual(4 * 2 ** -24 * exact);
  });

  test("a size that is known only at the run gives the same, to the bit", async () => {
    const known = await train(net({ opset: 17 }));
    expect(await train(net({ opset: 17, batch: "batch" }))).toEqual(known);
  });

  test("a normalisation that is applied twice moves its statistics twice", async () => {
    const first = await train(net({ opset: 17 }));
    const results = await train(net({ opset: 17, times: 2 }));
    const second = statisticsOf(first.y);
    const moved = (next: number[], batch: number[]): number[] =>
      next.map((v, c) => 0.75 * v + 0.25 * batch[c]);
    expectNear(results["mean.next"], moved(first["mean.next"], second.mean));
    expectNear(results["variance.next"], moved(first["variance.next"], second.variance));
  });

  test("what it writes for another execution provider has no training mode", () => {
    const model = net({ opset: 17 });
    trainBatchNorms(model);
    backward(model, { owner: "gradientModel", loss, withRespectTo: ["x"] });
    const norms = model.graph.node.filter(({ opType }) => opType === "BatchNormalization");
    expect(norms.map(({ output, attribute }) => [output, attribute])).toEqual([[["y"], []]]);
  });

  test("statistics that are no constants are an error; a model without norms has none", () => {
    const model = net({ opset: 17 });
    expect([...runningStatisticsOf(model)]).toEqual(["mean", "variance"]);
    model.graph.initializer = model.graph.initializer.filter(({ name }) => name !== "mean");
    model.graph.input.push(makeValueInfo("mean", { type: "float32", dims: [2] }));
    expect(() => trainBatchNorms(model)).toThrow(
      'Trainer: statistics of BatchNormalization must be constants, got mean (batchNorm "running" leaves them as they are)',
    );
    model.graph.node = model.graph.node.filter(({ opType }) => opType !== "BatchNormalization");
    expect(trainBatchNorms(model)).toEqual([]);
  });
});
